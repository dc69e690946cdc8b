// SPDX-License-Identifier: BSD-3-Clause
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <utility>

#include "server/admin/asked.hpp"
#include "server/admin/fields.hpp"
#include "server/admin/reply.hpp"
#include "server/admin/routes.hpp"

namespace turnpike::admin {
namespace {

using Responding = boost::asio::awaitable<Answer>;

constexpr std::int64_t deadline_seconds_max = 7 * 24 * 3600;

Responding config(Desk& desk, const Visit& /*visit*/) {
    const auto settings = co_await asked<std::vector<ConfigSetting>>(
        [&](auto handler) { desk.backend.effective_config(std::move(handler)); });
    if (!settings) co_return no_answer();
    boost::json::array rows;
    for (const ConfigSetting& each : *settings) {
        rows.push_back({{"key", each.key},
                        {"value", each.value},
                        {"source", each.source},
                        {"needs_restart", each.needs_restart}});
    }
    boost::json::object body;
    body["settings"] = std::move(rows);
    co_return json_answer(body);
}

[[nodiscard]] boost::json::array texts_json(const std::vector<std::string>& texts) {
    boost::json::array array;
    for (const std::string& each : texts) array.emplace_back(each);
    return array;
}

Responding reload(Desk& desk, const Visit& /*visit*/) {
    const auto report = co_await asked<ReloadReport>(
        [&](auto handler) { desk.backend.reload(std::move(handler)); });
    if (!report) co_return no_answer();
    boost::json::array changes;
    for (const ConfigChange& each : report->changes) {
        changes.push_back({{"key", each.key},
                           {"before", each.before},
                           {"after", each.after},
                           {"needs_restart", each.needs_restart}});
    }
    boost::json::object body;
    body["ok"] = report->ok();
    body["errors"] = texts_json(report->errors);
    body["warnings"] = texts_json(report->warnings);
    body["changes"] = std::move(changes);
    co_return json_answer(body, report->ok() ? 200 : 422);
}

[[nodiscard]] Answer drain_answer(const std::optional<DrainStatus>& status, unsigned code) {
    if (!status) return no_answer();
    const auto phase = [&] {
        if (status->phase == Phase::serving) return "serving";
        return status->phase == Phase::draining ? "draining" : "ended";
    };
    return json_answer({{"phase", phase()},
                        {"allocations", status->allocations},
                        {"left_seconds", status->left.count()}},
                       code);
}

Responding drain(Desk& desk, const Visit& visit) {
    Fields fields{visit.request.body, {"deadline_seconds"}};
    const auto seconds =
        fields.integer("deadline_seconds", {.min = 0, .max = deadline_seconds_max});
    if (!fields.ok()) co_return answer_of(fields.problem());
    const auto status = co_await asked<DrainStatus>([&](auto handler) {
        desk.backend.drain(seconds ? std::optional{std::chrono::seconds{*seconds}} : std::nullopt,
                           std::move(handler));
    });
    co_return drain_answer(status, 202);
}

Responding drain_status(Desk& desk, const Visit& /*visit*/) {
    const auto status = co_await asked<DrainStatus>(
        [&](auto handler) { desk.backend.drain_status(std::move(handler)); });
    co_return drain_answer(status, 200);
}

[[nodiscard]] Answer levels_answer(const LogLevels& levels) {
    boost::json::object by_area;
    for (const auto& [area, level] : levels) by_area[area] = level;
    boost::json::object body;
    body["levels"] = std::move(by_area);
    return json_answer(body);
}

Responding log_levels(Desk& desk, const Visit& /*visit*/) {
    co_return levels_answer(desk.backend.log_levels());
}

Responding set_log_levels(Desk& desk, const Visit& visit) {
    Fields fields{visit.request.body, {"levels"}};
    const auto levels = fields.texts("levels");
    if (fields.ok() && levels.empty()) {
        fields.refuse("no levels are given", R"(write {"levels": {"AREA": "debug"}})");
    }
    if (!fields.ok()) co_return answer_of(fields.problem());
    const std::string refusal = desk.backend.set_log_levels(levels);
    if (!refusal.empty()) {
        co_return answer_of({422, "unknown_level", refusal,
                             "levels are debug, info, warning and error; GET /v1/log names the "
                             "areas"});
    }
    co_return levels_answer(desk.backend.log_levels());
}

Responding events(Desk& desk, const Visit& visit) {
    if (desk.events == nullptr) {
        co_return answer_of({503, "no_events", "this server keeps no events", "see its log"});
    }
    std::uint64_t after = desk.events->newest();
    const std::string& said = visit.request.last_event_id;
    if (!said.empty()) {
        const auto [end, failure] = std::from_chars(said.data(), said.data() + said.size(), after);
        if (failure != std::errc{} || end != said.data() + said.size()) {
            co_return answer_of(bad_request("Last-Event-ID is none of this stream",
                                            "leave it out, or send the id of an event"));
        }
    }
    co_return Answer{.type = "text/event-stream", .events = EventsAfter{after}};
}

}  // namespace

std::vector<Route> control_routes() {
    return {{"GET", "/v1/config", Access::token, config},
            {"POST", "/v1/reload", Access::token, reload},
            {"GET", "/v1/drain", Access::token, drain_status},
            {"POST", "/v1/drain", Access::token, drain},
            {"GET", "/v1/log", Access::token, log_levels},
            {"PUT", "/v1/log", Access::token, set_log_levels},
            {"GET", "/v1/events", Access::token, events}};
}

}  // namespace turnpike::admin
