// SPDX-License-Identifier: BSD-3-Clause
//
// "first-last", as coturn writes ranges of peers, and the CIDR blocks that are exactly the same
// addresses. Values.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/subnet.hpp"

namespace turnpike::coturn {

// Both of one family, and first <= last.
struct AddressRange {
    protocol::IpAddress first;
    protocol::IpAddress last;  // inclusive

    // "10.0.0.1", "10.0.0.0-10.255.255.255" with blanks around the dash if wanted, "10.0.0.0/8".
    // None where that is no range, or it ends before it begins.
    [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);
    [[nodiscard]] static AddressRange of(const protocol::Subnet& subnet) noexcept;

    [[nodiscard]] bool overlaps(const AddressRange& other) const noexcept;
    bool operator==(const AddressRange&) const = default;
};

using AddressRanges = std::vector<AddressRange>;

// The fewest blocks that hold these addresses and no other, in order. At most 254.
[[nodiscard]] std::vector<protocol::Subnet> to_subnets(const AddressRange& range);

// What of `ranges` is not in `hole`.
[[nodiscard]] AddressRanges without(const AddressRanges& ranges, const AddressRange& hole);

}  // namespace turnpike::coturn
