// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/attendance.hpp"

#include <algorithm>
#include <cassert>

namespace turnpike::accounts {

using auth::Limit;
using protocol::TimePoint;
using relay::LimitsOwner;
using telemetry::MutexLock;

Attendance::Seat::Seat(Attendance& home, const auth::Grant& grant, protocol::AllocationId id)
    : home_{home}, user_{grant.user}, call_{grant.call}, id_{id}, is_counted_{!grant.is_probe} {}

Attendance::Seat::~Seat() {
    home_.leave(*this);
}

Attendance::Admission Attendance::admit(const auth::Grant& grant, protocol::AllocationId id,
                                        TimePoint now) {
    Admission admission;
    auto seat = std::make_unique<Seat>(*this, grant, id);
    seat->heard_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    {
        const MutexLock lock{mutex_};
        const auto entry = users_.find(grant.user);
        const User* user = entry == users_.end() ? nullptr : entry->second.get();
        admission.refused = against(grant, user);
        if (admission.refused == Limit::allocations && user != nullptr) {
            if (Seat* ghost = ghost_of(*user, now)) {
                admission.ousted = ghost->id_;
                stand_up(*ghost);
                ghost->ousted_ = true;
                admission.refused.reset();
            }
        }
        if (!admission.refused) {
            sit_down(*seat, grant);
            if (seat->call_limits_ != nullptr) {
                admission.call_began = seat->call_limits_->first_media();
            }
        } else {
            seat->ousted_ = true;  // it has sat nowhere
        }
    }
    if (!admission.refused) admission.seat = std::move(seat);
    return admission;
}

std::optional<Limit> Attendance::against(const auth::Grant& grant, const User* user) const {
    const std::size_t held = user == nullptr ? 0 : user->seats.size();
    const auth::Elsewhere& elsewhere = grant.elsewhere.value_or_default();
    const std::uint32_t participants_max = grant.call_grant.value_or_default().participants;
    if (!grant.call.empty() && participants_max != 0) {
        const auto call = calls_.find(grant.call);
        std::size_t others = 0;
        bool is_in = false;
        const auto count = [&](const std::string& each) {
            if (each == grant.user) {
                is_in = true;
            } else {
                ++others;
            }
        };
        if (call != calls_.end()) {
            for (const auto& [name, allocations] : call->second->participants) count(name);
        }
        for (const std::string& each : elsewhere.participants) {
            if (call == calls_.end() || !call->second->participants.contains(each)) count(each);
        }
        if (!is_in && others >= participants_max) return Limit::call_full;
    }
    if (grant.allocations != 0 && held + elsewhere.allocations >= grant.allocations) {
        return Limit::allocations;
    }
    return std::nullopt;
}

Attendance::Seat* Attendance::ghost_of(const User& user, TimePoint now) const {
    if (ghost_ == std::chrono::seconds::zero() || user.seats.empty()) return nullptr;
    const auto heard = [](const Seat* seat) {
        return seat->heard_.load(std::memory_order_relaxed);
    };
    Seat* longest = *std::ranges::min_element(user.seats, {}, heard);
    const TimePoint last{TimePoint::duration{heard(longest)}};
    return now - last >= ghost_ ? longest : nullptr;
}

void Attendance::sit_down(Seat& seat, const auth::Grant& grant) {
    auto& user = users_[seat.user_];
    if (!user) {
        user = std::make_unique<User>(
            User{.limits = open_limits({LimitsOwner::Kind::user, seat.user_}), .seats = {}});
    }
    user->limits->limit_rate(grant.user_bits_per_second);
    user->seats.push_back(&seat);
    ++user->holders;
    seat.user_limits_ = user->limits.get();
    if (!seat.call_.empty()) {
        auto& call = calls_[seat.call_];
        if (!call) {
            call = std::make_unique<LiveCall>();
            call->limits = open_limits({LimitsOwner::Kind::call, seat.call_});
        }
        call->id = seat.call_;
        apply(grant.call_grant.value_or_default(), *call);
        ++call->participants[seat.user_];
        ++call->holders;
        seat.call_limits_ = call->limits.get();
    }
    if (seat.is_counted_) {
        Count& count = tenures_[{seat.user_, seat.call_}];
        ++count.allocations;
        queue({seat.user_, seat.call_}, count);
        allocations_.fetch_add(1, std::memory_order_relaxed);
    }
}

relay::LimitsPointer Attendance::open_limits(const LimitsOwner& owner) {
    relay::LimitsPointer limits = make_limits(home_, owner);
    const auto inherited = inherited_.find({owner.kind, std::string{owner.name}});
    if (inherited != inherited_.end()) {
        limits->go_on(inherited->second.numbers);
        inherited_.erase(inherited);
    }
    return limits;
}

std::vector<Attendance::Share> Attendance::shares(TimePoint now) const {
    const MutexLock lock{mutex_};
    std::vector<Share> all;
    for (const auto& [key, share] : inherited_) {
        if (share.kind == LimitsOwner::Kind::call) all.push_back(share);
    }
    for (const auto& [name, user] : users_) {
        all.push_back({LimitsOwner::Kind::user, name, user->limits->numbers(), now,
                       user->limits.get(), true});
    }
    for (const auto& [name, call] : calls_) {
        const bool is_held = call->holders != 0;
        const TimePoint left = is_held ? now : call->left;
        all.push_back({LimitsOwner::Kind::call, name, call->limits->numbers(), left,
                       call->limits.get(), is_held});
    }
    return all;
}

void Attendance::forget_unclaimed() {
    const MutexLock lock{mutex_};
    home_.forget_unclaimed();
}

void Attendance::inherit(Share share) {
    const MutexLock lock{mutex_};
    share.limits = nullptr;
    share.is_held = false;
    const std::pair key{share.kind, share.name};
    inherited_.insert_or_assign(key, std::move(share));
}

// What it shares stays where it is, for as long as the seat does.
void Attendance::stand_up(Seat& seat) {
    const auto user = users_.find(seat.user_);
    assert(user != users_.end());
    std::erase(user->second->seats, &seat);
    if (!seat.call_.empty()) {
        LiveCall& call = *calls_.at(seat.call_);
        const auto participant = call.participants.find(seat.user_);
        if (--participant->second == 0) call.participants.erase(participant);
    }
    if (seat.is_counted_) {
        Count& count = tenures_.at({seat.user_, seat.call_});
        --count.allocations;
        queue({seat.user_, seat.call_}, count);
        allocations_.fetch_sub(1, std::memory_order_relaxed);
    }
}

void Attendance::leave(Seat& seat) {
    const MutexLock lock{mutex_};
    if (!seat.ousted_) stand_up(seat);
    if (seat.user_limits_ == nullptr) return;
    const auto user = users_.find(seat.user_);
    if (--user->second->holders == 0) users_.erase(user);
    if (seat.call_limits_ == nullptr) return;
    LiveCall& call = *calls_.at(seat.call_);
    --call.holders;
    call.left = std::chrono::steady_clock::now();
}

void Attendance::queue(TenureKey key, Count& count) {
    if (std::exchange(count.is_queued, true)) return;
    changed_.push_back(std::move(key));
}

void Attendance::apply(const auth::CallGrant& grant, LiveCall& call) const {
    if (call.grant.bytes != grant.bytes) call.limits->limit_bytes(grant.bytes);
    call.limits->limit_rate(grant.bits_per_second);
    call.grant = grant;
}

void Attendance::amend(const auth::Grant& grant) {
    const MutexLock lock{mutex_};
    if (const auto user = users_.find(grant.user); user != users_.end()) {
        user->second->limits->limit_rate(grant.user_bits_per_second);
    }
    if (const auto call = calls_.find(grant.call); call != calls_.end()) {
        apply(grant.call_grant.value_or_default(), *call->second);
    }
}

void Attendance::set_used_elsewhere(const std::string& call, std::uint64_t bytes) {
    const MutexLock lock{mutex_};
    if (const auto entry = calls_.find(call); entry != calls_.end()) {
        entry->second->limits->set_used_elsewhere(bytes);
    }
}

std::uint32_t Attendance::held_by(const std::string& user) const {
    const MutexLock lock{mutex_};
    const auto entry = users_.find(user);
    return entry == users_.end() ? 0 : static_cast<std::uint32_t>(entry->second->seats.size());
}

std::optional<TimePoint> Attendance::call_began(const std::string& call) const {
    const MutexLock lock{mutex_};
    const auto entry = calls_.find(call);
    return entry == calls_.end() ? std::nullopt : entry->second->limits->first_media();
}

void Attendance::forget_left_calls(TimePoint now) {
    const MutexLock lock{mutex_};
    erase_if(inherited_, [&](const auto& entry) { return now - entry.second.left >= memory; });
    for (auto entry = calls_.begin(); entry != calls_.end();) {
        const LiveCall& call = *entry->second;
        const bool counts = call.grant.bytes != 0 || call.grant.length_from_media;
        const auto kept = counts ? std::chrono::seconds{memory} : std::chrono::seconds{10};
        if (call.holders == 0 && now - call.left >= kept) {
            calls_.erase(entry++);
        } else {
            ++entry;
        }
    }
}

std::vector<Attendance::Tenure> Attendance::take_changed_tenures() {
    std::vector<Tenure> told;
    const MutexLock lock{mutex_};
    for (const TenureKey& key : changed_) {
        const auto entry = tenures_.find(key);
        if (entry == tenures_.end()) continue;
        told.push_back({key.first, key.second, entry->second.allocations});
        if (entry->second.allocations == 0) {
            tenures_.erase(entry);
        } else {
            entry->second.is_queued = false;
        }
    }
    changed_.clear();
    return told;
}

void Attendance::tell_all_tenures() {
    const MutexLock lock{mutex_};
    changed_.clear();
    for (auto& [key, count] : tenures_) {
        count.is_queued = false;
        queue(key, count);
    }
}

}  // namespace turnpike::accounts
