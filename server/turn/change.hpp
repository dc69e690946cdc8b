// SPDX-License-Identifier: BSD-3-Clause
//
// What the methods that act on a living allocation are given. Every such request proved that it
// comes from the allocation's own user. Lives for one call.
#pragma once

#include "auth/peer_policy.hpp"
#include "protocol/message.hpp"
#include "protocol/time.hpp"
#include "server/turn/allocation.hpp"
#include "server/turn/effect.hpp"
#include "server/turn/settings.hpp"

namespace turnpike::turn {

struct Change {
    const protocol::Message& message;
    Allocation& allocation;
    const Settings& settings;
    const auth::PeerPolicy& peer_policy;
    protocol::TimePoint now;
    Effects& effects;
};

}  // namespace turnpike::turn
