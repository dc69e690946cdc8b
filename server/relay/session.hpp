// SPDX-License-Identifier: BSD-3-Clause
//
// What forwarding needs to know of one allocation: a projection of turn::Allocation, never a second
// truth. Owned by one worker's RouteTable; its address is stable until it is closed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/relay/rate_limiter.hpp"

namespace turnpike::relay {

struct Traffic {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;  // payload octets, no headers
};

struct SessionSeed {
    protocol::AllocationId id{};
    protocol::FiveTuple five_tuple;
    // As clients and peers see them, by family (IPv4, IPv6).
    std::array<std::optional<protocol::Endpoint>, 2> relayed;
    std::optional<protocol::TimePoint> deadline;  // nothing is relayed from then on
    std::uint64_t bytes = 0;                      // both ways together; 0: no limit
    std::uint64_t bits_per_second = 0;            // each way; 0: no limit
    std::uint64_t random = 0;  // from a cryptographic generator: where indications' ids start
};

class Session;

}  // namespace turnpike::relay
