// SPDX-License-Identifier: BSD-3-Clause
//
// Which worker has the peer data connection that a CONNECTION-ID names (RFC 6062 section 6.2.1):
// its ConnectionBind may come to any of them. Asked when such a connection begins, is bound and
// ends, never for what it carries. Thread-safe.
#pragma once

#include <cstddef>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/connection_id.hpp"
#include "server/telemetry/thread_safety.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

class ConnectionDirectory {
public:
    // A name that nothing has, unpredictable; held until it is given back.
    [[nodiscard]] protocol::ConnectionId take(WorkerIndex owner);
    void give_back(protocol::ConnectionId id);

    [[nodiscard]] std::optional<WorkerIndex> owner(protocol::ConnectionId id) const;
    [[nodiscard]] std::size_t size() const;

private:
    mutable telemetry::Mutex mutex_;
    boost::unordered_flat_map<protocol::ConnectionId, WorkerIndex> owners_
        TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::worker
