// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/connection_directory.hpp"

#include "server/worker/random.hpp"

namespace turnpike::worker {

using protocol::ConnectionId;
using telemetry::MutexLock;

ConnectionDirectory::Name ConnectionDirectory::take(WorkerIndex owner) {
    const MutexLock lock{mutex_};
    while (true) {
        const ConnectionId id{static_cast<std::uint32_t>(random_number())};
        if (owners_.try_emplace(id, owner).second) return {*this, id};
    }
}

void ConnectionDirectory::give_back(ConnectionId id) {
    const MutexLock lock{mutex_};
    owners_.erase(id);
}

std::optional<WorkerIndex> ConnectionDirectory::owner(ConnectionId id) const {
    const MutexLock lock{mutex_};
    const auto entry = owners_.find(id);
    if (entry == owners_.end()) return std::nullopt;
    return entry->second;
}

std::size_t ConnectionDirectory::size() const {
    const MutexLock lock{mutex_};
    return owners_.size();
}

}  // namespace turnpike::worker
