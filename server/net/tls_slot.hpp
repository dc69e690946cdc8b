// SPDX-License-Identifier: BSD-3-Clause
//
// The contexts in force: whoever accepts a connection takes them, once for each connection and
// never for a packet; a reload puts others there. Thread-safe.
#pragma once

#include <utility>

#include "server/net/tls_context.hpp"
#include "server/telemetry/thread_safety.hpp"

namespace turnpike::net {

class TlsSlot {
public:
    // Null until something was put there.
    [[nodiscard]] TlsContexts::Pointer get() const {
        const telemetry::MutexLock lock{mutex_};
        return contexts_;
    }
    void put(TlsContexts::Pointer contexts) {
        const telemetry::MutexLock lock{mutex_};
        contexts_.swap(contexts);
    }

private:
    mutable telemetry::Mutex mutex_;
    TlsContexts::Pointer contexts_ TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::net
