// SPDX-License-Identifier: BSD-3-Clause
//
// What a reload replaces: all that workers go by and that comes from the configuration, as one
// immutable value. Each worker keeps the one it has until it takes the next, between two turns; the
// slot is where that one is found. RulesSlot is thread-safe.
#pragma once

#include <memory>
#include <utility>

#include "auth/authenticator.hpp"
#include "auth/peer_policy.hpp"
#include "auth/user_directory.hpp"
#include "server/telemetry/thread_safety.hpp"
#include "server/worker/settings.hpp"

namespace turnpike::worker {

struct Rules {
    Settings settings;
    auth::UserDirectory users;
    auth::Authenticator authenticator;
    auth::PeerPolicy peer_policy;
};

class RulesSlot {
public:
    using Pointer = std::shared_ptr<const Rules>;

    explicit RulesSlot(Pointer rules) : rules_{std::move(rules)} {}

    [[nodiscard]] Pointer get() const {
        const telemetry::MutexLock lock{mutex_};
        return rules_;
    }
    void put(Pointer rules) {
        const telemetry::MutexLock lock{mutex_};
        rules_.swap(rules);
    }

private:
    mutable telemetry::Mutex mutex_;
    Pointer rules_ TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::worker
