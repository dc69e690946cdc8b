// SPDX-License-Identifier: BSD-3-Clause
//
// What a reload means for the allocations that live, and how those of another process live on.
#include <utility>

#include "server/turn/dispatcher.hpp"

namespace turnpike::turn {

void Dispatcher::adopt(Settings settings, const auth::Authenticator& authenticator,
                       const auth::PeerPolicy& peer_policy, Effects& effects) {
    settings_ = std::move(settings);
    authenticator_ = &authenticator;
    peer_policy_ = &peer_policy;
    for (const AllocationId id : allocations_.ids()) {
        allocations_.find(id)->withdraw(peer_policy, effects);
    }
}

void Dispatcher::inherit(AllocationState state, Effects& effects) {
    state.seed.connections = &connections_;
    allocations_.insert(Allocation{std::move(state), settings_, effects});
}

}  // namespace turnpike::turn
