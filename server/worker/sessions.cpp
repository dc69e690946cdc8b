// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/sessions.hpp"

#include <algorithm>
#include <iterator>

namespace turnpike::worker {

using protocol::AllocationId;
using protocol::TimePoint;

namespace {

template <typename Wanted, typename Value>
bool fits(const std::optional<Wanted>& wanted, const Value& value) {
    return !wanted || *wanted == value;
}

std::int64_t whole_seconds(TimePoint::duration left) {
    return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::seconds>(left).count());
}

SessionInfo info_of(const Holding& holding, const turn::Allocation& allocation, TimePoint now) {
    const relay::Session& session = *holding.session;
    const auto wall = [&](const std::optional<TimePoint>& at) -> std::optional<storage::Time> {
        if (!at) return std::nullopt;
        return holding.since_wall +
               std::chrono::duration_cast<std::chrono::microseconds>(*at - holding.since);
    };
    SessionInfo info{.id = holding.id,
                     .user = holding.seat->user(),
                     .username = holding.username,
                     .realm = holding.realm,
                     .call = holding.seat->call(),
                     .client = holding.place.at ? holding.place.at->client.to_string() : "",
                     .transport = std::string{to_string(session.five_tuple().transport)},
                     .relayed = relayed_text(holding),
                     .since = holding.since_wall,
                     .first_media = wall(session.account().first_media()),
                     .last_media = wall(session.account().last_media()),
                     .expires_in_seconds = allocation.lifetime_left(now).count(),
                     .permissions = allocation.permissions().size(),
                     .channels = allocation.channels().size(),
                     .sent_bytes = session.traffic_to_peer().bytes,
                     .sent_packets = session.traffic_to_peer().packets,
                     .received_bytes = session.traffic_from_peer().bytes,
                     .received_packets = session.traffic_from_peer().packets};
    if (const auto deadline = allocation.deadline()) {
        info.ends_in_seconds = whole_seconds(*deadline - now);
    }
    return info;
}

}  // namespace

bool matches(const SessionFilter& filter, const Holding& holding) {
    const protocol::FiveTuple& five_tuple = holding.session->five_tuple();
    return fits(filter.id, holding.id) &&
           (fits(filter.user, holding.seat->user()) || fits(filter.user, holding.username)) &&
           fits(filter.call, holding.seat->call()) &&
           fits(filter.client, five_tuple.client.address) &&
           fits(filter.transport, to_string(five_tuple.transport));
}

std::vector<AllocationId> find_sessions(const Context& context, const SessionFilter& filter) {
    std::vector<AllocationId> found;
    context.holdings.visit([&](const Holding& holding) {
        if (holding.is_announced && matches(filter, holding)) found.push_back(holding.id);
    });
    std::ranges::sort(found);
    return found;
}

SessionPage list_sessions(const Context& context, const turn::AllocationTable& allocations,
                          const SessionQuery& query, TimePoint now) {
    SessionPage page;
    const auto found = find_sessions(context, query.filter);
    for (auto id = std::ranges::upper_bound(found, query.after); id != found.end(); ++id) {
        const turn::Allocation* allocation = allocations.find(*id);
        const Holding* holding = context.holdings.find(*id);
        if (allocation == nullptr || holding == nullptr) continue;
        page.has_more = page.sessions.size() == query.limit;
        if (page.has_more) break;
        page.sessions.push_back(info_of(*holding, *allocation, now));
    }
    return page;
}

SessionPage merged(std::vector<SessionPage> pages, std::size_t limit) {
    SessionPage all;
    for (SessionPage& page : pages) {
        all.has_more = all.has_more || page.has_more;
        std::ranges::move(page.sessions, std::back_inserter(all.sessions));
    }
    std::ranges::sort(all.sessions, {}, &SessionInfo::id);
    if (all.sessions.size() > limit) {
        all.sessions.erase(all.sessions.begin() + static_cast<std::ptrdiff_t>(limit),
                           all.sessions.end());
        all.has_more = true;
    }
    return all;
}

}  // namespace turnpike::worker
