// SPDX-License-Identifier: BSD-3-Clause
//
// Who holds allocations now, over all workers: the quota of each user, the participants of each
// call, and what their allocations use up together. Asked when an allocation begins and ends,
// never for a packet: packets go by relay::SharedLimits, which is found here once. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "auth/grant.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/relay/limits_home.hpp"
#include "server/telemetry/thread_safety.hpp"

namespace turnpike::accounts {

// A call that somebody attends, or did lately.
struct LiveCall {
    std::string id;
    auth::CallGrant grant;
    relay::LimitsPointer limits;
    boost::unordered_flat_map<std::string, std::uint32_t> participants;  // allocations by user
    std::size_t holders = 0;                                             // of these limits
    protocol::TimePoint left{};                                          // by the last of them
};

class Attendance {
public:
    using Heard = std::atomic<protocol::TimePoint::rep>;

    // One allocation's place in its user and its call, given back when it goes.
    class Seat {
    public:
        Seat(Attendance& home, const auth::Grant& grant, protocol::AllocationId id);
        ~Seat();
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

        [[nodiscard]] relay::SharedLimits* user_limits() const noexcept { return user_limits_; }
        [[nodiscard]] relay::SharedLimits* call_limits() const noexcept { return call_limits_; }
        [[nodiscard]] const std::string& user() const noexcept { return user_; }
        [[nodiscard]] const std::string& call() const noexcept { return call_; }
        [[nodiscard]] Heard& heard() noexcept { return heard_; }

    private:
        friend Attendance;
        Attendance& home_;
        std::string user_;
        std::string call_;
        protocol::AllocationId id_;
        relay::SharedLimits* user_limits_ = nullptr;
        relay::SharedLimits* call_limits_ = nullptr;
        Heard heard_{0};
        bool ousted_ = false;  // no longer counted; under the lock
        bool is_counted_;      // in what the server holds, here and for the others: no probe is
    };
    struct Admission {
        std::unique_ptr<Seat> seat;                     // none: refused
        std::optional<auth::Limit> refused;             // by this
        std::optional<protocol::AllocationId> ousted;   // gives way to the new one: end it
        std::optional<protocol::TimePoint> call_began;  // with the first media
    };

    // `ghost`: a silent client gives way to another one of its user after this; 0: never.
    // `home`, which outlives this, is where the limits live that users and calls share; none: here.
    explicit Attendance(std::chrono::seconds ghost, relay::LimitsHome* home = nullptr) noexcept
        : home_{home != nullptr ? *home : heap_}, ghost_{ghost} {}
    // From now on another time.
    void set_ghost(std::chrono::seconds ghost) {
        const telemetry::MutexLock lock{mutex_};
        ghost_ = ghost;
    }

    // RFC 8656 section 7.2 (10). Of a call the user counts, not the allocation.
    [[nodiscard]] Admission admit(const auth::Grant& grant, protocol::AllocationId id,
                                  protocol::TimePoint now);
    // What its users share has changed; where nobody is here, nothing.
    void amend(const auth::Grant& grant);
    // What the database knows of a call's bytes that were relayed before, or elsewhere.
    void set_used_elsewhere(const std::string& call, std::uint64_t bytes);

    // How many allocations there are, whoever's they are but our own. Lock-free.
    [[nodiscard]] std::size_t allocations() const noexcept {
        return allocations_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint32_t held_by(const std::string& user) const;
    // When the first media of the call was relayed here.
    [[nodiscard]] std::optional<protocol::TimePoint> call_began(const std::string& call) const;

    // What a user or a call shares, for another process to go on with.
    struct Share {
        relay::LimitsOwner::Kind kind = relay::LimitsOwner::Kind::user;
        std::string name;
        relay::SharedLimits::Numbers numbers;
        protocol::TimePoint left{};                   // by the last of its allocations, if so
        const relay::SharedLimits* limits = nullptr;  // whose numbers they are
        bool is_held = false;                         // by an allocation
    };
    [[nodiscard]] std::vector<Share> shares(protocol::TimePoint now) const;
    // Whoever it is of goes on with these numbers when he comes.
    void inherit(Share share);
    // Whoever goes on has come.
    void forget_unclaimed();

    // Calls visit(const LiveCall&) for each, under the lock.
    template <typename Visit>
    void visit_calls(Visit&& visit) const {
        const telemetry::MutexLock lock{mutex_};
        for (const auto& [id, call] : calls_) visit(std::as_const(*call));
    }
    // Forgets calls that nobody attends and that can still be known from the database.
    void forget_left_calls(protocol::TimePoint now);

    // How many allocations a user holds for a call ('': none).
    struct Tenure {
        std::string user;
        std::string call;
        std::uint32_t allocations = 0;
    };
    // What has changed since it was asked last; all that is held, after tell_all_tenures().
    [[nodiscard]] std::vector<Tenure> take_changed_tenures();
    void tell_all_tenures();

private:
    struct User {
        relay::LimitsPointer limits;
        std::vector<Seat*> seats;  // that count
        std::size_t holders = 0;   // of these limits: those too that have been ousted
    };
    using TenureKey = std::pair<std::string, std::string>;
    struct Count {
        std::uint32_t allocations = 0;
        bool is_queued = false;
    };
    // A call whose time began here, or whose budget is counted here, is remembered for so long.
    static constexpr std::chrono::hours memory{24};

    [[nodiscard]] std::optional<auth::Limit> against(const auth::Grant& grant,
                                                     const User* user) const
        TURNPIKE_REQUIRES(mutex_);
    [[nodiscard]] Seat* ghost_of(const User& user, protocol::TimePoint now) const
        TURNPIKE_REQUIRES(mutex_);
    void sit_down(Seat& seat, const auth::Grant& grant) TURNPIKE_REQUIRES(mutex_);
    void stand_up(Seat& seat) TURNPIKE_REQUIRES(mutex_);
    void leave(Seat& seat);
    void queue(TenureKey key, Count& count) TURNPIKE_REQUIRES(mutex_);
    void apply(const auth::CallGrant& grant, LiveCall& call) const TURNPIKE_REQUIRES(mutex_);
    [[nodiscard]] relay::LimitsPointer open_limits(const relay::LimitsOwner& owner)
        TURNPIKE_REQUIRES(mutex_);

    relay::HeapLimits heap_;
    relay::LimitsHome& home_;
    // Shared by all threads.
    std::atomic<std::size_t> allocations_{0};
    mutable telemetry::Mutex mutex_;
    std::chrono::seconds ghost_ TURNPIKE_GUARDED_BY(mutex_);
    boost::unordered_flat_map<std::string, std::unique_ptr<User>> users_
        TURNPIKE_GUARDED_BY(mutex_);
    boost::unordered_flat_map<std::string, std::unique_ptr<LiveCall>> calls_
        TURNPIKE_GUARDED_BY(mutex_);
    boost::unordered_flat_map<TenureKey, Count> tenures_ TURNPIKE_GUARDED_BY(mutex_);
    std::vector<TenureKey> changed_ TURNPIKE_GUARDED_BY(mutex_);
    // Of those who have not come yet.
    boost::unordered_flat_map<std::pair<relay::LimitsOwner::Kind, std::string>, Share> inherited_
        TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::accounts
