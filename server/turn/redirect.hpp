// SPDX-License-Identifier: BSD-3-Clause
//
// Which other server a client is sent to (RFC 8489 section 10). Pure: chance comes in as a number.
// That a client is redirected at all is the worker's to decide.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/address.hpp"

namespace turnpike::turn {

struct AlternateServer {
    protocol::Endpoint address;
    std::optional<protocol::Endpoint> tls_address =
        {};                    // for clients over TLS and DTLS, if another
    std::uint32_t weight = 1;  // 0: only where no other is left
    std::string domain = {};   // the name in its certificate
};

// What the client is told: an address of its own family first, then, where the same server has one,
// an address of the other.
struct Redirect {
    protocol::Endpoint first;
    std::optional<protocol::Endpoint> second;
    std::string_view domain;  // of both; lives as long as the Alternates
};

class Alternates {
public:
    explicit Alternates(std::vector<AlternateServer> servers) : servers_{std::move(servers)} {}
    Alternates() = default;

    // By weight among those that have an address of this family; none where there is none.
    [[nodiscard]] std::optional<Redirect> choose(const protocol::FiveTuple& five_tuple,
                                                 std::uint64_t random) const;

private:
    [[nodiscard]] const AlternateServer* pick(protocol::Family family, std::uint64_t random,
                                              const std::string* domain) const;

    std::vector<AlternateServer> servers_;
};

}  // namespace turnpike::turn
