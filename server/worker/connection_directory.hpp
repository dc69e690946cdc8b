// SPDX-License-Identifier: BSD-3-Clause
//
// Which worker has the peer data connection that a CONNECTION-ID names (RFC 6062 section 6.2.1):
// its ConnectionBind may come to any of them. Asked when such a connection begins, is bound and
// ends, never for what it carries. Thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/connection_id.hpp"
#include "server/telemetry/thread_safety.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

class ConnectionDirectory {
public:
    // One connection's name, free again when this goes.
    class Name {
    public:
        Name(Name&& other) noexcept
            : directory_{std::exchange(other.directory_, nullptr)}, id_{other.id_} {}
        Name& operator=(Name&& other) noexcept {
            std::swap(directory_, other.directory_);
            std::swap(id_, other.id_);
            return *this;
        }
        ~Name() {
            if (directory_ != nullptr) directory_->give_back(id_);
        }
        [[nodiscard]] protocol::ConnectionId id() const noexcept { return id_; }

    private:
        friend ConnectionDirectory;
        Name(ConnectionDirectory& directory, protocol::ConnectionId id) noexcept
            : directory_{&directory}, id_{id} {}

        ConnectionDirectory* directory_;
        protocol::ConnectionId id_;
    };

    // Unpredictable, and nothing else's.
    [[nodiscard]] Name take(WorkerIndex owner);

    [[nodiscard]] std::optional<WorkerIndex> owner(protocol::ConnectionId id) const;
    [[nodiscard]] std::size_t size() const;

private:
    void give_back(protocol::ConnectionId id);

    mutable telemetry::Mutex mutex_;
    boost::unordered_flat_map<protocol::ConnectionId, WorkerIndex> owners_
        TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::worker
