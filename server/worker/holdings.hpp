// SPDX-License-Identifier: BSD-3-Clause
//
// What an allocation holds outside the rules: relay sockets with their ports, a place in its user's
// quota, the way back to its client. It is given back in one place (EffectExecutor), on every way
// out. Owned by one worker; a Holding keeps its place in memory until it is erased.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/allocation_id.hpp"
#include "protocol/rare.hpp"
#include "protocol/time.hpp"
#include "server/accounts/attendance.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/net/watch.hpp"
#include "server/relay/session.hpp"
#include "server/telemetry/tallies.hpp"
#include "server/turn/effect.hpp"
#include "server/worker/client_link.hpp"
#include "server/worker/kernel_share.hpp"
#include "server/worker/relay_directory.hpp"
#include "storage/value.hpp"

namespace turnpike::worker {

struct RelayEnd {
    RelayPort port;
    net::FileDescriptor socket;            // UDP: watched by the worker's poller
    std::unique_ptr<net::Watch> listener;  // TCP
};

struct Holding {
    protocol::AllocationId id{};
    relay::Session* session = nullptr;              // lives as long as the holding
    turn::Place place;                              // of the client
    ClientLink link;                                // to place.at
    protocol::Rare<ClientLink> next_link;           // to place.next
    std::array<std::optional<RelayEnd>, 2> relays;  // by family: IPv4, IPv6
    std::string username;
    std::string realm;
    // Its place in its user's quota, and its call's; it is told here when the client was heard.
    std::unique_ptr<accounts::Attendance::Seat> seat{};
    std::unique_ptr<KernelShare> kernel{};  // none: user space relays all of it
    protocol::TimePoint since{};
    storage::Time since_wall{};
    unsigned intervals = 0;                       // of UsageReporter, that are over
    bool is_announced = false;                    // the rules have accepted it
    bool is_probe = false;                        // our own: counted apart, and nobody is told
    telemetry::AllocationTally::Place counted{};  // ... since it was announced, it is counted
};

// Its relayed addresses, as clients and peers see them.
[[nodiscard]] inline std::string relayed_text(const Holding& holding) {
    std::string text;
    for (const auto& relay : holding.relays) {
        if (!relay) continue;
        if (!text.empty()) text += ',';
        text += relay->port.advertised.to_string();
    }
    return text;
}

class Holdings {
public:
    Holding& insert(Holding holding) {
        auto owned = std::make_unique<Holding>(std::move(holding));
        Holding& place = *owned;
        by_id_.insert_or_assign(place.id, std::move(owned));
        return place;
    }
    void erase(protocol::AllocationId id) { by_id_.erase(id); }
    [[nodiscard]] Holding* find(protocol::AllocationId id) noexcept {
        const auto entry = by_id_.find(id);
        return entry == by_id_.end() ? nullptr : entry->second.get();
    }
    [[nodiscard]] const Holding* find(protocol::AllocationId id) const noexcept {
        const auto entry = by_id_.find(id);
        return entry == by_id_.end() ? nullptr : entry->second.get();
    }
    template <typename Suits>
    [[nodiscard]] bool any(Suits&& suits) const {
        return std::ranges::any_of(by_id_, [&](const auto& entry) { return suits(*entry.second); });
    }
    template <typename Visit>
    void visit(Visit&& visit) const {
        for (const auto& [id, holding] : by_id_) visit(std::as_const(*holding));
    }
    template <typename Visit>
    void visit(Visit&& visit) {
        for (const auto& [id, holding] : by_id_) visit(*holding);
    }
    [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }

private:
    boost::unordered_flat_map<protocol::AllocationId, std::unique_ptr<Holding>> by_id_;
};

}  // namespace turnpike::worker
