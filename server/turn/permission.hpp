// SPDX-License-Identifier: BSD-3-Clause
//
// The permissions of one allocation: which peer addresses may exchange data with it, and until
// when. The key is the address alone; ports do not matter (RFC 8656 section 9). Owned by its
// Allocation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <boost/container/flat_map.hpp>

#include "auth/peer_policy.hpp"
#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/turn/effect.hpp"

namespace turnpike::turn {

class Permissions {
public:
    explicit Permissions(AllocationId allocation) : allocation_{allocation} {}

    // How many there were after installing these, each named once.
    [[nodiscard]] std::size_t size_with(std::span<const protocol::IpAddress> peers) const;

    [[nodiscard]] bool contains(const protocol::IpAddress& peer) const {
        return expiry_.contains(peer);
    }

    // Only CreatePermission and ChannelBind do this; no packet renews a permission.
    void install(const protocol::IpAddress& peer, protocol::TimePoint expires, Effects& effects);

    // Removes what is due at `now`.
    void on_time(protocol::TimePoint now, Effects& effects);
    // Removes peers that may be reached no more.
    void withdraw(const auth::PeerPolicy& policy, Effects& effects);
    // Forgets this family's: their routes go with the relayed address.
    void forget(protocol::Family family);

    [[nodiscard]] std::optional<protocol::TimePoint> next_deadline() const;
    [[nodiscard]] std::size_t size() const noexcept { return expiry_.size(); }
    void append_routes(Effects& routes) const;

private:
    template <typename Goes>
    void remove_if(Goes&& goes, Effects& effects);

    AllocationId allocation_;
    boost::container::flat_map<protocol::IpAddress, protocol::TimePoint> expiry_;  // by peer
};

}  // namespace turnpike::turn
