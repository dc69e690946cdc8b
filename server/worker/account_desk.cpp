// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/account_desk.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::worker {

using accounts::Record;
using accounts::RecordCache;
using accounts::Who;
using auth::Limit;
using protocol::Moment;
using protocol::TimePoint;
using telemetry::Counter;
using turn::EndReason;

namespace {

// A number alone may be the name of a user, where it is too small for the time of this century.
constexpr protocol::WallTime first_expiry{std::chrono::seconds{1'000'000'000}};

accounts::Defaults defaults_of(const auth::UserDirectorySettings& settings) {
    return {.realm = settings.realm,
            .bytes = settings.bytes,
            .bits_per_second = settings.bits_per_second,
            .allocations = settings.allocations_per_user};
}

// Of those that a name may have logged in by, what it did log in by. Null: it is there no more.
// Lives as long as `found`.
const auth::Grant* of_secret(const std::vector<auth::Credential>& found, std::string_view secret) {
    const auto same = std::ranges::find_if(
        found, [&](const auth::Credential& each) { return each.grant.secret == secret; });
    return same == found.end() ? nullptr : &same->grant;
}

// What remains of a grant whose account or secret is gone. Where secrets of the configuration take
// turns, whom the old one let in goes on for as long as it needs no login.
auth::Grant without_secret(const auth::Grant& held, bool has_others) {
    auth::Grant grant = held;
    if (has_others && auth::is_configured_secret(held.secret)) return grant;
    grant.refusal = held.secret.empty() ? Limit::account_removed : Limit::secret_removed;
    return grant;
}

}  // namespace

AccountDesk::AccountDesk(Context& context, const Parts& parts, Serve serve)
    : context_{context},
      parts_{parts},
      serve_{std::move(serve)},
      defaults_{defaults_of(context.rules->users.settings())},
      cache_{context.rules->settings.cache} {}

std::optional<Who> AccountDesk::who_of(std::string_view username) const {
    const Shared& shared = context_.shared;
    if (shared.accounts == nullptr || username.empty() ||
        context_.rules->users.is_fixed(username)) {
        return std::nullopt;
    }
    const bool has_secrets = context_.rules->users.has_secrets() || !secrets_.empty();
    const auto timed = has_secrets ? auth::parse_timed_username(username) : std::nullopt;
    if (!timed || (timed->user.empty() && timed->expiry < first_expiry)) {
        return Who{.is_timed = false, .user = std::string{username}, .call = {}};
    }
    return Who{.is_timed = true,
               .user = std::string{timed->user.empty() ? username : timed->user},
               .call = std::string{timed->call}};
}

AccountDesk::Answer AccountDesk::find(const Question& question, Moment now) {
    const auto& [query, is_new, may_ask] = question;
    const auto who = query.token ? std::nullopt : who_of(query.username);
    if (!who) {
        return {
            .state = State::known, .candidates = context_.rules->users.find(query, now), .who = {}};
    }
    const auto found = cache_.find(*who, now.steady);
    const bool is_last_word = answered_ != nullptr && *answered_ == *who;
    const bool is_enough =
        is_last_word || found.state == RecordCache::State::fresh ||
        found.state == RecordCache::State::old ||
        (found.state == RecordCache::State::outdated && !is_new && found.record->user);
    if (!is_enough && !may_ask) return {.state = State::barred, .candidates = {}, .who = *who};
    if (!is_enough) {
        const State state = ask(*who, now.steady) ? State::asked : State::unavailable;
        return {.state = state, .candidates = {}, .who = *who};
    }
    // Whoever names no call needs nothing of the database but the limits there.
    if (found.record == nullptr && (!who->is_timed || !who->call.empty())) {
        return {.state = State::unavailable, .candidates = {}, .who = *who};
    }
    const bool is_fresh = found.state == RecordCache::State::fresh;
    context_.count(is_fresh ? Counter::accounts_cached : Counter::accounts_stale);
    Answer answer{.state = State::known,
                  .candidates = candidates(query, *who, found.record, now),
                  .who = *who};
    if (!is_fresh && !is_last_word && may_ask) (void)ask(*who, now.steady);
    return answer;
}

std::vector<auth::Credential> AccountDesk::candidates(const auth::UserQuery& query, const Who& who,
                                                      const Record* record, Moment now) const {
    std::vector<auth::Credential> found;
    if (who.is_timed) {
        found = context_.rules->users.find(query, now, secrets_);
        for (auth::Credential& each : found) {
            if (record != nullptr) each.grant = resolve(each.grant, record->call, now);
        }
    } else if (record->user) {
        if (auto credential = resolve(*record->user, who.user, defaults_, now)) {
            found.push_back(*std::move(credential));
        }
    }
    for (auth::Credential& each : found) {
        if (record != nullptr && record->elsewhere != auth::Elsewhere{}) {
            each.grant.elsewhere = record->elsewhere;
        }
        start_clock(each.grant);
    }
    return found;
}

// The time of a call that runs from its first media may have begun here, and the database not know.
void AccountDesk::start_clock(auth::Grant& grant) const {
    const auto length = grant.call_grant.value_or_default().length_from_media;
    const auto began = length ? context_.shared.attendance.call_began(grant.call) : std::nullopt;
    if (!began) return;
    const TimePoint end = *began + *length;
    if (grant.deadline && *grant.deadline <= end) return;
    grant.deadline = end;
    grant.deadline_by = Limit::call_time;
}

void AccountDesk::park(const Who& who, const ClientMessage& message,
                       const protocol::TransactionId& transaction) {
    switch (parked_.park(who, message, transaction)) {
        case ParkedMessages::Parked::yes:
            return context_.count(Counter::messages_parked);
        case ParkedMessages::Parked::already:
            return context_.count(Counter::drop_parked_repeat);
        case ParkedMessages::Parked::no_room:
            return context_.count(Counter::drop_parked_full);
    }
}

bool AccountDesk::ask(const Who& who, TimePoint now) {
    if (asked_.contains(who)) return true;
    if (!context_.shared.accounts->ask({who, context_.index})) return false;
    asked_.emplace(who, now);
    return true;
}

void AccountDesk::ask_about(std::vector<Who> whos, TimePoint now) {
    std::ranges::move(whos, std::back_inserter(to_ask_));
    ask_more(now);
}

void AccountDesk::ask_about(const Who& who, TimePoint now) {
    // What is on its way may be older than the change.
    if (asked_.contains(who)) return to_ask_again_.push_back(who);
    to_ask_.push_back(who);
    ask_more(now);
}

void AccountDesk::ask_more(TimePoint now) {
    while (!to_ask_.empty() && asked_.size() < asked_max) {
        const Who who = std::move(to_ask_.back());
        to_ask_.pop_back();
        if (!context_.live_accounts.has(who)) continue;
        if (!ask(who, now)) to_ask_again_.push_back(who);
    }
}

void AccountDesk::receive(const accounts::Notice& notice, Moment now) {
    std::visit([&](const auto& each) { receive(each, now); }, notice);
}

void AccountDesk::receive(const accounts::Finding& finding, Moment now) {
    asked_.erase(finding.who);
    if (finding.record && finding.is_old) {
        cache_.put(finding.who, *finding.record, now.steady);
        cache_.outdate(finding.who);
        if (context_.live_accounts.has(finding.who)) to_ask_again_.push_back(finding.who);
    } else if (finding.record) {
        const Record record = cache_.put(finding.who, *finding.record, now.steady);
        amend(finding.who, record, now);
        // It has changed again since it was asked for.
        if (std::erase(to_ask_again_, finding.who) != 0) to_ask_.push_back(finding.who);
    } else if (context_.live_accounts.has(finding.who)) {
        to_ask_again_.push_back(finding.who);
    }
    answered_ = &finding.who;
    for (const ParkedMessage& each : parked_.take(finding.who)) serve_(each.message(now));
    answered_ = nullptr;
    ask_more(now.steady);
}

void AccountDesk::receive(const accounts::Changed& changed, Moment now) {
    const auto& [kind, realm, name] = changed.change;
    if (kind.starts_with("lease ")) return cache_.outdate_user(name);
    if (kind.starts_with("attendance ")) return cache_.outdate_call(name);
    if (kind == "account" && !name.empty()) {
        const Who who{.is_timed = false, .user = name, .call = {}};
        cache_.outdate(who);
        if (context_.live_accounts.has(who)) ask_about(who, now.steady);
    } else if (kind == "call" && !name.empty()) {
        cache_.outdate_call(name);
        for (const Who& who : context_.live_accounts.in_call(name)) ask_about(who, now.steady);
    } else {
        cache_.outdate_all();
        ask_about(context_.live_accounts.all(), now.steady);
    }
}

void AccountDesk::receive(const accounts::Secrets& secrets, Moment now) {
    secrets_ = secrets.secrets;
    std::vector<Who> timed = context_.live_accounts.all();
    std::erase_if(timed, [](const Who& who) { return !who.is_timed; });
    ask_about(std::move(timed), now.steady);
}

void AccountDesk::receive(const accounts::CallBegan& began, Moment now) {
    for (const auto id : context_.live_accounts.of_call(began.call)) {
        const turn::Allocation* allocation = parts_.dispatcher.allocations().find(id);
        if (allocation == nullptr) continue;
        auth::Grant grant = allocation->grant();
        start_clock(grant);
        amend(id, std::move(grant), now.steady);
    }
}

void AccountDesk::receive(const accounts::CallUsedUp& used_up, Moment now) {
    for (const auto id : context_.live_accounts.of_call(used_up.call)) {
        end(id, EndReason::bytes, Limit::call_bytes, now.steady);
    }
}

void AccountDesk::receive(const accounts::Ousted& ousted, Moment now) {
    end(ousted.allocation, EndReason::replaced, Limit::allocations, now.steady);
}

void AccountDesk::amend(const Who& who, const Record& record, Moment now) {
    for (const auto id : context_.live_accounts.of(who)) {
        const turn::Allocation* allocation = parts_.dispatcher.allocations().find(id);
        if (allocation == nullptr) continue;
        // Since it was asked for, a reload may have made it one of the configuration.
        if (!who_of(allocation->grant().username)) continue;
        amend(id, grant_now(allocation->grant(), who, record, now), now.steady);
    }
}

auth::Grant AccountDesk::grant_now(const auth::Grant& held, const Who& who, const Record& record,
                                   Moment now) const {
    const auth::UserQuery query{.username = held.username, .userhash = {}, .token = {}};
    const auto found = candidates(query, who, &record, now);
    const auth::Grant* same = of_secret(found, held.secret);
    auth::Grant grant = same != nullptr ? *same : without_secret(held, !found.empty());
    if (same == nullptr) {
        if (grant.refusal) return grant;
        // Its secret has given way to another one, and the call goes on under its own rules.
        grant.call_grant.reset();
        grant = resolve(std::move(grant), record.call, now);
        start_clock(grant);
    }
    if (grant.call != held.call) {
        // It was let in for another call, and belongs on that one's bill.
        grant = held;
        grant.refusal = Limit::call_ended;
    }
    return grant;
}

void AccountDesk::amend(protocol::AllocationId id, auth::Grant grant, TimePoint now) {
    context_.shared.attendance.amend(grant);
    turn::Effects effects;
    parts_.dispatcher.amend(id, grant, now, effects);
    parts_.executor.execute(effects, now);
}

void AccountDesk::adopt_rules(Moment now) {
    defaults_ = defaults_of(context_.rules->users.settings());
    for (const auto id : parts_.dispatcher.allocations().ids()) {
        const turn::Allocation* allocation = parts_.dispatcher.allocations().find(id);
        if (allocation == nullptr || allocation->grant().token) continue;
        if (is_left_to_database(id, allocation->grant())) continue;
        if (auto grant = configured_grant(allocation->grant(), now)) {
            amend(id, *std::move(grant), now.steady);
        }
    }
    // The database has its part in what the others may.
    if (context_.shared.accounts != nullptr) ask_about(context_.live_accounts.all(), now.steady);
}

// Whoever the configuration knows no more may be in the database, which was not asked as long as it
// did. Where it cannot be asked now, nobody vouches for them.
bool AccountDesk::is_left_to_database(protocol::AllocationId id, const auth::Grant& held) {
    const auto who = who_of(held.username);
    if (!who || !held.secret.empty()) return false;
    if (context_.live_accounts.has(id)) return true;
    if (who->is_timed || !context_.shared.accounts->is_connected()) return false;
    context_.live_accounts.insert(id, *who, held.call);
    return true;
}

// What the configuration says now of somebody it let in. None: that is for the database to say, or
// it stays as it was.
std::optional<auth::Grant> AccountDesk::configured_grant(const auth::Grant& held,
                                                         Moment now) const {
    const auto found = context_.rules->users.find({.username = held.username}, now, secrets_);
    if (const auth::Grant* same = of_secret(found, held.secret)) {
        return who_of(held.username) ? std::nullopt : std::optional{*same};
    }
    auth::Grant grant = without_secret(held, !found.empty());
    return grant.refusal ? std::optional{std::move(grant)} : std::nullopt;
}

void AccountDesk::end(protocol::AllocationId id, EndReason reason, Limit limit, TimePoint now) {
    turn::Effects effects;
    parts_.dispatcher.end(id, reason, effects, limit);
    parts_.executor.execute(effects, now);
}

void AccountDesk::sweep(Moment now) {
    std::vector<Who> lost;
    for (const auto& [who, since] : asked_) {
        if (now.steady - since > patience) lost.push_back(who);
    }
    for (const Who& who : lost) receive(accounts::Finding{.who = who, .record = std::nullopt}, now);
    // After the database is found again everything is asked for anyway.
    if (to_ask_again_.empty() || !context_.shared.accounts->is_connected()) return;
    ask_about(std::exchange(to_ask_again_, {}), now.steady);
}

}  // namespace turnpike::worker
