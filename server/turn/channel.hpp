// SPDX-License-Identifier: BSD-3-Clause
//
// The channels of one allocation: each binds one number to one peer, address and port, and no peer
// has two (RFC 8656 section 12). Both halves of a dual allocation share the numbers. Owned by its
// Allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <boost/container/flat_map.hpp>

#include "auth/peer_policy.hpp"
#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/turn/effect.hpp"

namespace turnpike::turn {

class Channels {
public:
    explicit Channels(AllocationId allocation) : allocation_{allocation} {}

    // True where number and peer are both free, or bound to each other already (section 12.2).
    [[nodiscard]] bool may_bind(std::uint16_t number, const protocol::Endpoint& peer) const;
    [[nodiscard]] bool contains(std::uint16_t number) const { return bound_.contains(number); }

    // Binds, or renews the binding. The caller asked may_bind().
    void bind(std::uint16_t number, const protocol::Endpoint& peer, protocol::TimePoint expires,
              Effects& effects);

    // Removes what is due at `now`: number and peer are free at once (section 12).
    void on_time(protocol::TimePoint now, Effects& effects);
    // Removes those to peers that may be reached no more.
    void withdraw(const auth::PeerPolicy& policy, Effects& effects);
    // Forgets this family's: their routes go with the relayed address.
    void forget(protocol::Family family);

    [[nodiscard]] std::optional<protocol::TimePoint> next_deadline() const;
    [[nodiscard]] std::size_t size() const noexcept { return bound_.size(); }
    void append_routes(Effects& routes) const;

private:
    struct Binding {
        protocol::Endpoint peer;
        protocol::TimePoint expires;
    };

    template <typename Goes>
    void remove_if(Goes&& goes, Effects& effects);

    AllocationId allocation_;
    boost::container::flat_map<std::uint16_t, Binding> bound_;  // by number
};

}  // namespace turnpike::turn
