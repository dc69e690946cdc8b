// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's sessions and their routes: found by the client's five-tuple, by a relayed address,
// or by id. Fed by the effects of the rules; asked for every packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/relay/session.hpp"

namespace turnpike::relay {

class RouteTable {
public:
    // Neither its id, nor its five-tuple, nor its relayed addresses may have a session already.
    Session& open(const SessionSeed& seed, protocol::TimePoint now);
    void close(protocol::AllocationId id);
    void close_relayed(protocol::AllocationId id, protocol::Family family);

    // The client is found by this five-tuple from now on, or by none. Nobody else is.
    void move(protocol::AllocationId id, const std::optional<protocol::FiveTuple>& to);
    // ... or may turn up there too; until it is forgotten, which is the caller's to do.
    void expect(protocol::AllocationId id, const protocol::FiveTuple& five_tuple);
    void forget(const protocol::FiveTuple& five_tuple) { expected_.erase(five_tuple); }

    // channel 0: a permission for the peer's address. Installing again moves the expiry.
    void install(protocol::AllocationId id, const protocol::Endpoint& peer, std::uint16_t channel,
                 protocol::TimePoint expires);
    void remove(protocol::AllocationId id, const protocol::Endpoint& peer, std::uint16_t channel);

    [[nodiscard]] Session* find(const protocol::FiveTuple& five_tuple) noexcept;
    // Asked where find() found none.
    [[nodiscard]] Session* find_expected(const protocol::FiveTuple& five_tuple) noexcept;
    // Whether either finds one.
    [[nodiscard]] bool knows(const protocol::FiveTuple& five_tuple) noexcept {
        return find(five_tuple) != nullptr || find_expected(five_tuple) != nullptr;
    }
    [[nodiscard]] Session* find(const protocol::Endpoint& relayed) noexcept;
    [[nodiscard]] Session* find(protocol::AllocationId id) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }

private:
    // A session is found by its own five-tuple: the index holds no copy of it.
    struct FiveTupleHash {
        using is_transparent = void;
        std::size_t operator()(const protocol::FiveTuple& five_tuple) const noexcept {
            return hash_value(five_tuple);
        }
        std::size_t operator()(const Session* session) const noexcept {
            return hash_value(session->five_tuple());
        }
    };
    struct FiveTupleEqual {
        using is_transparent = void;
        bool operator()(const Session* left, const Session* right) const noexcept {
            return left == right;
        }
        bool operator()(const protocol::FiveTuple& five_tuple,
                        const Session* session) const noexcept {
            return five_tuple == session->five_tuple();
        }
        bool operator()(const Session* session,
                        const protocol::FiveTuple& five_tuple) const noexcept {
            return five_tuple == session->five_tuple();
        }
    };

    boost::unordered_flat_map<protocol::AllocationId, std::unique_ptr<Session>> by_id_;
    boost::unordered_flat_set<Session*, FiveTupleHash, FiveTupleEqual> by_five_tuple_;
    boost::unordered_flat_map<protocol::FiveTuple, Session*> expected_;
    boost::unordered_flat_map<protocol::Endpoint, Session*> by_relayed_;
};

}  // namespace turnpike::relay
