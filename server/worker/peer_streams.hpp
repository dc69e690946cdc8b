// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's peer data connections, by name. A PeerStream keeps its place in memory until it is
// erased, which only EffectExecutor does. Owned by one worker.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "server/worker/peer_stream.hpp"

namespace turnpike::worker {

class PeerStreams {
public:
    PeerStream& insert(std::unique_ptr<PeerStream> stream) {
        PeerStream& place = *stream;
        by_id_.insert_or_assign(place.connection().connection, std::move(stream));
        return place;
    }
    // Null where there is none.
    [[nodiscard]] std::unique_ptr<PeerStream> take(protocol::ConnectionId id) {
        const auto entry = by_id_.find(id);
        if (entry == by_id_.end()) return nullptr;
        auto stream = std::move(entry->second);
        by_id_.erase(entry);
        return stream;
    }
    [[nodiscard]] PeerStream* find(protocol::ConnectionId id) noexcept {
        const auto entry = by_id_.find(id);
        return entry == by_id_.end() ? nullptr : entry->second.get();
    }
    [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }

    // Calls visit(PeerStream&) for each, which must not insert or take any.
    template <typename Visit>
    void for_each(Visit&& visit) {
        for (const auto& [id, stream] : by_id_) visit(*stream);
    }

private:
    boost::unordered_flat_map<protocol::ConnectionId, std::unique_ptr<PeerStream>> by_id_;
};

}  // namespace turnpike::worker
