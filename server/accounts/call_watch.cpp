// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/call_watch.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::accounts {

using protocol::Moment;
using protocol::TimePoint;

namespace {

// Everybody leaves at the end, which is still to be told.
constexpr std::chrono::seconds afterwards{2};

storage::Time wall_time(TimePoint at, Moment now) {
    return storage::to_time(now.wall + (at - now.steady));
}

}  // namespace

CallWatch::CallWatch(storage::Store& store, Attendance& attendance, Settings settings, Tell tell)
    : store_{store},
      attendance_{attendance},
      settings_{std::move(settings)},
      tell_{std::move(tell)} {}

void CallWatch::tick(Moment now) {
    std::vector<Due> due;
    attendance_.visit_calls([&](const LiveCall& call) {
        const bool matters =
            call.grant.length_from_media || call.grant.ends_at || call.grant.bytes != 0;
        const bool is_attended = !call.participants.empty();
        if (!matters || (!is_attended && now.steady - call.left > afterwards)) return;
        due.push_back({.call = call.id,
                       .grant = call.grant,
                       .began = call.limits->first_media(),
                       .is_attended = is_attended,
                       .is_exhausted = call.limits->is_exhausted()});
    });
    for (const Due& each : due) follow(each, now);
    boost::unordered::erase_if(told_, [&](const auto& entry) {
        return now.steady - entry.second.seen > std::chrono::hours{1};
    });
}

void CallWatch::follow(const Due& due, Moment now) {
    Told& told = told_[due.call];
    told.seen = now.steady;
    if (due.grant.length_from_media && due.began) begin(due, told, now);
    if (due.grant.ends_at) warn(due, told, now);
    if (due.is_attended && due.grant.bytes != 0) read_budget(due, told, now.steady);
    if (!due.is_exhausted) {
        told.used_up = false;
    } else if (!std::exchange(told.used_up, true)) {
        tell_(CallUsedUp{due.call});
    }
}

void CallWatch::begin(const Due& due, Told& told, Moment now) {
    if (!std::exchange(told.began, true)) tell_(CallBegan{due.call, *due.began});
    if (told.is_begin_stored || std::exchange(told.is_storing_begin, true)) return;
    store_.begin_media(settings_.realm, due.call, wall_time(*due.began, now),
                       [this, call = due.call](storage::Result<void> stored) {
                           Told& here = told_[call];
                           here.is_storing_begin = false;
                           here.is_begin_stored = stored.has_value();
                       });
}

void CallWatch::warn(const Due& due, Told& told, Moment now) {
    const auto ends_at = storage::to_time(*due.grant.ends_at);
    const storage::Event event{.at = storage::to_time(now.wall),
                               .kind = "warning",
                               .realm = settings_.realm,
                               .call = due.call,
                               .seconds_left = 0,
                               .ends_at = ends_at};
    const auto left = *due.grant.ends_at - now.wall;
    if (left <= std::chrono::seconds{0}) {
        storage::Event end = event;
        end.kind = "ended";
        return put(end, told);
    }
    if (!due.is_attended) return;
    // Of several that are due at once, after a call was shortened, the last is the true one.
    std::optional<std::chrono::seconds> last;
    for (const std::chrono::seconds before : settings_.warnings) {
        if (left <= before && (!last || before < *last)) last = before;
    }
    if (!last) return;
    storage::Event warning = event;
    warning.seconds_left = last->count();
    put(warning, told);
}

void CallWatch::put(const storage::Event& event, Told& told) {
    const auto same = [&](const storage::Event& each) {
        return each.kind == event.kind && each.seconds_left == event.seconds_left &&
               each.ends_at == event.ends_at;
    };
    if (std::ranges::any_of(told.events, same)) return;
    constexpr std::size_t events_max = 64;  // a call that is extended again and again
    if (told.events.size() == events_max) told.events.erase(told.events.begin());
    told.events.push_back(event);
    store_.put_event(event, [this, event](storage::Result<void> stored) {
        if (stored) return;
        std::erase(told_[event.call].events, event);  // the next tick tells it again
    });
}

void CallWatch::read_budget(const Due& due, Told& told, TimePoint now) {
    if (told.is_reading_budget || now - told.budget_read < budget_interval) return;
    told.is_reading_budget = true;
    told.budget_read = now;
    store_.used_bytes(settings_.realm, due.call, settings_.run,
                      [this, call = due.call](storage::Result<std::int64_t> used) {
                          told_[call].is_reading_budget = false;
                          if (!used) return;
                          attendance_.set_used_elsewhere(
                              call, static_cast<std::uint64_t>(std::max<std::int64_t>(*used, 0)));
                      });
}

}  // namespace turnpike::accounts
