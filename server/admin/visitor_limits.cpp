// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/visitor_limits.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace turnpike::admin {
namespace {

[[nodiscard]] protocol::IpAddress counted_as(const protocol::IpAddress& address) {
    if (address.is_v4()) return address;
    std::array<std::byte, 16> prefix{};
    std::ranges::copy(address.octets().first(8), prefix.begin());
    return protocol::IpAddress::v6(prefix);
}

}  // namespace

std::optional<std::chrono::seconds> VisitorLimits::take(
    const std::optional<protocol::IpAddress>& visitor, protocol::TimePoint now) {
    return visitor ? addresses_.take(counted_as(*visitor), now) : unix_.take(rate_, now);
}

}  // namespace turnpike::admin
