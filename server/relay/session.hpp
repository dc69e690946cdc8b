// SPDX-License-Identifier: BSD-3-Clause
//
// What forwarding needs to know of one allocation: a projection of turn::Allocation, never a second
// truth. Owned by one worker's RouteTable; its address is stable until it is closed.
//
// Expiries are judged for each packet against its `now`, so that a timer which comes late lets
// nothing through. Installing and removing routes may allocate; nothing that a packet asks does.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <boost/container/small_vector.hpp>

#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/message.hpp"
#include "protocol/result.hpp"
#include "protocol/time.hpp"
#include "server/relay/account.hpp"
#include "server/relay/drop.hpp"
#include "server/relay/rate_limiter.hpp"
#include "server/relay/shared_limits.hpp"

namespace turnpike::relay {

struct SessionSeed {
    protocol::AllocationId id{};
    protocol::FiveTuple five_tuple;
    // As clients and peers see them, by family (IPv4, IPv6).
    std::array<std::optional<protocol::Endpoint>, 2> relayed;
    SessionLimits limits{};
    // Used up together with other sessions; they outlive this one.
    SharedLimits* user = nullptr;
    SharedLimits* call = nullptr;
    // Kept up to date with when the client was heard last: a count of TimePoint's. It outlives this
    // one; none: nobody asks.
    std::atomic<protocol::TimePoint::rep>* heard = nullptr;
    std::uint64_t random = 0;  // from a cryptographic generator: where indications' ids start
};

class Session {
public:
    Session(const SessionSeed& seed, protocol::TimePoint now) noexcept;

    [[nodiscard]] protocol::AllocationId id() const noexcept { return id_; }
    // Of its client, or the last that it had.
    [[nodiscard]] const protocol::FiveTuple& five_tuple() const noexcept { return five_tuple_; }
    [[nodiscard]] bool has_client() const noexcept { return has_client_; }
    [[nodiscard]] const std::optional<protocol::Endpoint>& relayed(
        protocol::Family family) const noexcept;

    // What was relayed, when, and what may still be.
    [[nodiscard]] const Account& account() const noexcept { return account_; }
    [[nodiscard]] Account& account() noexcept { return account_; }
    [[nodiscard]] Traffic traffic_to_peer() const noexcept {
        return account_.traffic(Way::to_peer);
    }
    [[nodiscard]] Traffic traffic_from_peer() const noexcept {
        return account_.traffic(Way::from_peer);
    }

    // The client said something; data is noted by itself.
    void hear(protocol::TimePoint now) noexcept {
        if (heard_ != nullptr) {
            heard_->store(now.time_since_epoch().count(), std::memory_order_relaxed);
        }
    }

    // ... which somebody else may have noticed before us.
    void hear_no_earlier(protocol::TimePoint when) noexcept {
        if (heard_ != nullptr &&
            heard_->load(std::memory_order_relaxed) < when.time_since_epoch().count()) {
            hear(when);
        }
    }

    [[nodiscard]] SessionLimits limits() const noexcept;
    // The grant has changed. What was used of its bytes stays used.
    void amend(const SessionLimits& limits) noexcept;

    // The client is there from now on, or nowhere. Through RouteTable, which finds it by this.
    void move(const std::optional<protocol::FiveTuple>& to) noexcept;
    // Routes, as turn's effects name them: channel 0 is a permission for the peer's address.
    void install(const protocol::Endpoint& peer, std::uint16_t channel,
                 protocol::TimePoint expires);
    void remove(const protocol::Endpoint& peer, std::uint16_t channel);
    // Forgets this family's relayed address with its routes.
    void close_relayed(protocol::Family family);

    // What a packet asks.
    [[nodiscard]] bool ended(protocol::TimePoint now) const noexcept { return now >= deadline_; }
    [[nodiscard]] bool permits(const protocol::IpAddress& peer,
                               protocol::TimePoint now) const noexcept;
    // The peer that the channel is bound to. It lives until the routes change.
    [[nodiscard]] const protocol::Endpoint* peer_of(std::uint16_t channel,
                                                    protocol::TimePoint now) const noexcept;
    // The channel that is bound to the peer's address and port; 0: none.
    [[nodiscard]] std::uint16_t channel_of(const protocol::Endpoint& peer,
                                           protocol::TimePoint now) const noexcept;

    // Calls visit(peer, channel, expires) for each channel, which its peer's permission may end
    // before its own time; one whose peer has none is left out.
    template <typename Visit>
    void visit_channels(Visit&& visit) const {
        protocol::TimePoint permitted{};
        const protocol::IpAddress* whom = nullptr;
        for (const Route& route : routes_) {
            if (route.channel == 0) {
                permitted = route.expires;
                whom = &route.peer.address;
            } else if (whom != nullptr && *whom == route.peer.address) {
                visit(route.peer, route.channel, std::min(permitted, route.expires));
            }
        }
    }

    // Charges the payload to budget, rate and traffic, or says which of them is against it.
    [[nodiscard]] protocol::Result<void, Drop> charge_to_peer(std::size_t octets,
                                                              protocol::TimePoint now) noexcept;
    [[nodiscard]] protocol::Result<void, Drop> charge_from_peer(std::size_t octets,
                                                                protocol::TimePoint now) noexcept;

    // An ICMP error that the client is told of: no payload, so no traffic; it counts against budget
    // and rate, and against a rate of its own, which whoever forges ICMP errors can use up alone.
    [[nodiscard]] protocol::Result<void, Drop> charge_error(std::size_t octets,
                                                            protocol::TimePoint now) noexcept;

    // For a stream, whose octets wait instead of being dropped: how many may pass at `now`;
    // charging as many then succeeds. Where none may, when to ask again; never, where the budget is
    // used up or the deadline has passed.
    struct Allowance {
        std::size_t octets = 0;
        protocol::TimePoint again = protocol::TimePoint::max();
    };
    [[nodiscard]] Allowance allowance_to_peer(protocol::TimePoint now) const noexcept;
    [[nodiscard]] Allowance allowance_from_peer(protocol::TimePoint now) const noexcept;

    // Not predictable, not secret: an indication has no answer.
    [[nodiscard]] protocol::TransactionId next_transaction_id() noexcept;

private:
    // Sorted by peer. A permission is one with channel 0 and port 0, which no peer has: so it
    // stands right before the channels of its address.
    struct Route {
        protocol::Endpoint peer;
        std::uint16_t channel = 0;
        protocol::TimePoint expires{};
    };
    // Sorted by number: where in routes_ the channel stands.
    struct Number {
        std::uint16_t number = 0;
        std::uint16_t place = 0;
    };
    // Most allocations have one peer: a permission and a channel, which need no memory elsewhere.
    using Routes = boost::container::small_vector<Route, 2>;
    using Numbers = boost::container::small_vector<Number, 2>;

    [[nodiscard]] Routes::const_iterator find(const protocol::Endpoint& peer) const noexcept;
    [[nodiscard]] Numbers::const_iterator find(std::uint16_t channel) const noexcept;
    void insert(const Route& route);
    void erase(Routes::const_iterator route);
    [[nodiscard]] Allowance allowance(Way way, protocol::TimePoint now) const noexcept;
    [[nodiscard]] protocol::Result<void, Drop> charge(Way way, std::size_t octets,
                                                      protocol::TimePoint now) noexcept;
    [[nodiscard]] std::optional<Drop> against(Way way, std::size_t octets,
                                              protocol::TimePoint now) const noexcept;
    void use_up(Way way, std::size_t octets, protocol::TimePoint now) noexcept;
    [[nodiscard]] std::uint64_t bytes_left() const noexcept;
    void note_exhaustion(std::size_t octets) noexcept;
    [[nodiscard]] std::uint64_t next_random() noexcept;

    // Constant after construction.
    protocol::AllocationId id_;
    protocol::TimePoint deadline_;
    // Changed by the worker's thread.
    protocol::FiveTuple five_tuple_;
    bool has_client_ = true;
    std::array<std::optional<protocol::Endpoint>, 2> relayed_;
    Routes routes_;
    Numbers numbers_;
    SharedLimits* user_;
    SharedLimits* call_;
    std::atomic<protocol::TimePoint::rep>* heard_;
    Account account_;
    RateLimiter rate_of_errors_;
    std::uint64_t random_;
};

}  // namespace turnpike::relay
