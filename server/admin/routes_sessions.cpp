// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <utility>

#include "server/admin/asked.hpp"
#include "server/admin/reply.hpp"
#include "server/admin/routes.hpp"

namespace turnpike::admin {
namespace {

using Responding = boost::asio::awaitable<Answer>;
using protocol::AllocationId;

constexpr std::size_t page_max = 1000;

[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

[[nodiscard]] std::string to_text(AllocationId id) {
    return std::to_string(static_cast<std::uint64_t>(id));
}

// Ids are texts: they may be larger than what a number of JavaScript holds.
[[nodiscard]] boost::json::object to_json(const worker::SessionInfo& info) {
    return {{"id", to_text(info.id)},
            {"user", info.user},
            {"username", info.username},
            {"realm", info.realm},
            {"call", info.call.empty() ? boost::json::value{} : boost::json::value(info.call)},
            {"client", info.client},
            {"transport", info.transport},
            {"relayed", info.relayed},
            {"since", time_json(info.since)},
            {"first_media", time_json(info.first_media)},
            {"last_media", time_json(info.last_media)},
            {"expires_in_seconds", info.expires_in_seconds},
            {"ends_in_seconds", number_json(info.ends_in_seconds)},
            {"permissions", info.permissions},
            {"channels", info.channels},
            {"sent_bytes", info.sent_bytes},
            {"sent_packets", info.sent_packets},
            {"received_bytes", info.received_bytes},
            {"received_packets", info.received_packets}};
}

using Filtered = protocol::Result<worker::SessionFilter, Problem>;

// From ?user=&call=&client=&transport=; `others` are parameters that the route reads itself.
[[nodiscard]] Filtered filter_of(const Target& target, std::vector<std::string_view> others) {
    static constexpr std::array<std::string_view, 4> transports{"udp", "tcp", "tls", "dtls"};
    others.insert(others.end(), {"user", "call", "client", "transport"});
    if (const auto unknown = target.parameter_besides(others)) {
        return bad_request("unknown parameter \"" + *unknown + '"',
                           "filters are user, call, client and transport");
    }
    worker::SessionFilter filter{.user = target.parameter("user"),
                                 .call = target.parameter("call"),
                                 .transport = target.parameter("transport")};
    if (filter.transport && std::ranges::find(transports, *filter.transport) == transports.end()) {
        return bad_request("no such transport", "it is one of udp, tcp, tls, dtls");
    }
    if (const auto client = target.parameter("client")) {
        filter.client = protocol::IpAddress::parse(*client);
        if (!filter.client) {
            return bad_request("client is no address", "write 192.0.2.1 or 2001:db8::1, no port");
        }
    }
    return filter;
}

[[nodiscard]] protocol::Result<worker::SessionQuery, Problem> query_of(const Target& target) {
    auto filter = filter_of(target, {"limit", "after"});
    if (!filter) return filter.error();
    worker::SessionQuery query{.filter = *std::move(filter)};
    const auto limit = parse_number(target.parameter("limit").value_or("100"));
    const auto after = parse_number(target.parameter("after").value_or("0"));
    if (!limit || *limit == 0 || *limit > page_max) {
        return bad_request("limit is no number that can stand here", "write 1 to 1000");
    }
    if (!after) return bad_request("after is no id", "take the \"next\" of the page before");
    query.limit = *limit;
    query.after = AllocationId{*after};
    return query;
}

// Where the page after this one is.
[[nodiscard]] boost::json::value next_of(const worker::SessionPage& page, Target target) {
    if (!page.has_more || page.sessions.empty()) return nullptr;
    std::erase_if(target.parameters, [](const auto& each) { return each.first == "after"; });
    target.parameters.emplace_back("after", to_text(page.sessions.back().id));
    return boost::json::value(admin::to_text(target));
}

Responding list(Desk& desk, const Visit& visit) {
    const auto query = query_of(visit.target);
    if (!query) co_return answer_of(query.error());
    const auto page = co_await asked<worker::SessionPage>(
        [&](auto handler) { desk.backend.list_sessions(*query, std::move(handler)); });
    if (!page) co_return no_answer();
    boost::json::array sessions;
    for (const worker::SessionInfo& each : page->sessions) sessions.emplace_back(to_json(each));
    boost::json::object body;
    body["sessions"] = std::move(sessions);
    body["next"] = next_of(*page, visit.target);
    body["workers_unheard"] = page->workers_unheard;
    co_return json_answer(body);
}

[[nodiscard]] Problem no_session() {
    return not_found("no session of this id lives", "GET /v1/sessions lists those that do");
}

[[nodiscard]] std::optional<worker::SessionFilter> named(const Visit& visit) {
    const auto number = parse_number(visit.arguments.front());
    if (!number) return std::nullopt;
    return worker::SessionFilter{.id = AllocationId{*number}};
}

Responding show(Desk& desk, const Visit& visit) {
    const auto filter = named(visit);
    if (!filter) co_return answer_of(no_session());
    const auto page = co_await asked<worker::SessionPage>([&](auto handler) {
        desk.backend.list_sessions({.filter = *filter, .limit = 1}, std::move(handler));
    });
    if (!page) co_return no_answer();
    if (page->sessions.empty()) {
        co_return page->workers_unheard != 0 ? no_answer() : answer_of(no_session());
    }
    co_return json_answer(to_json(page->sessions.front()));
}

Responding end(Desk& desk, worker::SessionFilter filter) {
    const bool is_one = filter.id.has_value();
    const auto ended = co_await asked<worker::SessionsEnded>(
        [&](auto handler) { desk.backend.end_sessions(filter, std::move(handler)); });
    if (!ended) co_return no_answer();
    if (is_one && ended->ended == 0) {
        co_return ended->workers_unheard != 0 ? no_answer() : answer_of(no_session());
    }
    boost::json::object body;
    body["ended"] = ended->ended;
    body["workers_unheard"] = ended->workers_unheard;
    co_return json_answer(body);
}

Responding end_one(Desk& desk, const Visit& visit) {
    const auto filter = named(visit);
    if (!filter) co_return answer_of(no_session());
    co_return co_await end(desk, *filter);
}

Responding end_some(Desk& desk, const Visit& visit) {
    const auto filter = filter_of(visit.target, {});
    if (!filter) co_return answer_of(filter.error());
    if (filter->is_all()) {
        co_return answer_of(
            bad_request("this would end every session", "say which: ?user=, ?call= or ?client="));
    }
    co_return co_await end(desk, *filter);
}

}  // namespace

std::vector<Route> session_routes() {
    return {{"GET", "/v1/sessions", Access::token, list},
            {"DELETE", "/v1/sessions", Access::token, end_some},
            {"GET", "/v1/sessions/{id}", Access::token, show},
            {"DELETE", "/v1/sessions/{id}", Access::token, end_one}};
}

}  // namespace turnpike::admin
