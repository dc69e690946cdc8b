// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using test::AdminScenario;
using test::code_of;
using test::json_of;

TEST_CASE("the configuration in force is told with its sources") {
    AdminScenario admin;
    const auto json = json_of(admin.get("/v1/config"));
    const auto& row = json.at("settings").at(0);
    CHECK(row.at("key") == "auth.secrets");
    CHECK(row.at("value") == "[\"***\"]");
    CHECK(row.at("source") == "turnpike.toml:3");
    CHECK(row.at("needs_restart") == false);
}

TEST_CASE("a reload says what changes, or is refused whole with its reasons") {
    AdminScenario admin;
    admin.backend.report.changes = {{"limits.bytes", "0", "5", false},
                                    {"server.workers", "2", "4", true}};
    admin.backend.report.warnings = {"turnpike.toml:9: a warning"};
    const Answer good = admin.post("/v1/reload");
    CHECK(good.status == 200);
    const auto json = json_of(good);
    CHECK(json.at("ok") == true);
    CHECK(json.at("changes").at(0).at("after") == "5");
    CHECK(json.at("changes").at(1).at("needs_restart") == true);
    CHECK(json.at("warnings").at(0) == "turnpike.toml:9: a warning");
    admin.backend.report = {.errors = {"turnpike.toml:7: no such key"}};
    const Answer bad = admin.post("/v1/reload");
    CHECK(bad.status == 422);
    CHECK(json_of(bad).at("ok") == false);
    CHECK(json_of(bad).at("errors").at(0) == "turnpike.toml:7: no such key");
}

TEST_CASE("draining begins with a deadline or with the usual one, and is followed") {
    AdminScenario admin;
    CHECK(json_of(admin.get("/v1/drain")).at("phase") == "serving");
    const Answer begun = admin.post("/v1/drain", R"({"deadline_seconds": 90})");
    CHECK(begun.status == 202);
    CHECK(json_of(begun).at("left_seconds") == 90);
    CHECK(json_of(admin.get("/v1/drain")).at("phase") == "draining");
    CHECK(json_of(admin.post("/v1/drain")).at("left_seconds") == 600);
    CHECK(json_of(admin.post("/v1/drain", R"({"deadline_seconds": 0})")).at("left_seconds") == 0);
    for (const char* const bad :
         {R"({"deadline_seconds": -1})", R"({"deadline_seconds": "1m"})", R"({"deadline": 1})",
          R"({"deadline_seconds": 1e30})", "[]", "{", "7", "null"}) {
        INFO(bad);
        CHECK(admin.post("/v1/drain", bad).status == 400);
    }
}

TEST_CASE("levels of the log change by area, all that are named or none") {
    AdminScenario admin;
    const auto put = [&](const std::string& body) {
        return admin.ask(AdminScenario::request("PUT", "/v1/log", body));
    };
    CHECK(json_of(admin.get("/v1/log")).at("levels").at("turn") == "info");
    CHECK(json_of(put(R"({"levels": {"turn": "debug"}})")).at("levels").at("turn") == "debug");
    const Answer unknown = put(R"({"levels": {"turn": "error", "tur": "debug"}})");
    CHECK(unknown.status == 422);
    CHECK(code_of(unknown) == "unknown_level");
    CHECK(admin.backend.levels["turn"] == "debug");
    for (const char* const bad :
         {"", "{}", R"({"levels": {}})", R"({"levels": "debug"})", R"({"levels": {"turn": 1}})"}) {
        CHECK(put(bad).status == 400);
    }
}

TEST_CASE("a stream of events begins with what comes, or after the one that was seen last") {
    AdminScenario admin;
    admin.events.happens("{}");
    admin.events.happens("{}");
    const Answer answer = admin.get("/v1/events");
    CHECK(answer.type == "text/event-stream");
    REQUIRE(answer.events.has_value());
    CHECK(answer.events->number == 2);
    Request request = AdminScenario::request("GET", "/v1/events");
    request.last_event_id = "1";
    CHECK(admin.ask(request).events->number == 1);
    for (const char* const bad : {"x", "1x", "-1", "99999999999999999999"}) {
        request.last_event_id = bad;
        CHECK(admin.ask(request).status == 400);
    }
}

TEST_CASE("without a source of events there is no stream") {
    test::FakeBackend backend;
    AdminScenario admin;
    Api api{{.backend = backend}, test::admin_settings()};
    const Request request = AdminScenario::request("GET", "/v1/events");
    std::optional<Answer> answer;
    boost::asio::co_spawn(admin.io, api.handle(request, admin.now),
                          [&](const std::exception_ptr&, Answer it) { answer = std::move(it); });
    admin.io.run();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 503);
}

}  // namespace
}  // namespace turnpike::admin
