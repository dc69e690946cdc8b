// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's sessions and their routes: found by the client's five-tuple, by a relayed address, or
// by id. Fed by the effects of the rules; asked for every packet.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/relay/session.hpp"

namespace turnpike::relay {

class RouteTable {
public:
    Session& open(const SessionSeed& seed, protocol::TimePoint now);
    void close(protocol::AllocationId id);
    void close_relayed(protocol::AllocationId id, protocol::Family family);

    // channel 0: a permission for the peer's address. Installing again moves the expiry.
    void install(protocol::AllocationId id, const protocol::Endpoint& peer, std::uint16_t channel,
                 protocol::TimePoint expires);
    void remove(protocol::AllocationId id, const protocol::Endpoint& peer, std::uint16_t channel);

    [[nodiscard]] Session* find(const protocol::FiveTuple& five_tuple) noexcept;
    [[nodiscard]] Session* find(const protocol::Endpoint& relayed) noexcept;
    [[nodiscard]] Session* find(protocol::AllocationId id) noexcept;
    [[nodiscard]] std::size_t size() const noexcept;
};

}  // namespace turnpike::relay
