// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/admin_database.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using test::AdminDatabase;
using test::code_of;
using test::json_of;

TEST_CASE("a call is made, extended, limited and ended") {
    AdminDatabase admin;
    const Answer made = admin.ask(
        "POST", "/v1/calls",
        R"({"id": "c-1", "seconds": 60, "ends_at": "2027-01-15T09:00:00Z", "participants": 2})");
    CHECK(made.status == 201);
    CHECK(json_of(made).at("ends_at") == "2027-01-15T09:00:00Z");
    CHECK(json_of(made).at("usage").as_array().empty());
    CHECK(admin.ask("POST", "/v1/calls", R"({"id": "c-1"})").status == 409);

    const auto extended =
        json_of(admin.ask("PATCH", "/v1/calls/c-1", R"({"extend_seconds": 30, "bytes": 7})"));
    CHECK(extended.at("seconds") == 90);
    CHECK(extended.at("ends_at") == "2027-01-15T09:00:30Z");
    CHECK(extended.at("bytes") == 7);
    CHECK(extended.at("participants") == 2);
    const auto freed = json_of(admin.ask("PATCH", "/v1/calls/c-1", R"({"participants": null})"));
    CHECK(freed.at("participants").is_null());

    const auto ended = json_of(admin.ask("DELETE", "/v1/calls/c-1"));
    CHECK(ended.at("ended") == 0);
    CHECK(json_of(admin.ask("GET", "/v1/calls/c-1")).at("ended_at") == "2027-01-15T08:00:00Z");
    CHECK(json_of(admin.ask("PATCH", "/v1/calls/c-1", R"({"end": true})")).at("id") == "c-1");
}

TEST_CASE("what is not there is 404, what cannot be is 400, and bounds are the database's") {
    AdminDatabase admin;
    for (const char* const method : {"GET", "PATCH", "DELETE"}) {
        CHECK(admin.ask(method, "/v1/calls/none").status == 404);
    }
    CHECK(admin.ask("POST", "/v1/calls", "{}").status == 400);
    CHECK(admin.ask("POST", "/v1/calls", R"({"id": "c", "secs": 5})").status == 400);
    admin.ask("POST", "/v1/calls", R"({"id": "c-1", "seconds": 60})");
    const Answer below = admin.ask("PATCH", "/v1/calls/c-1", R"({"extend_seconds": -60})");
    CHECK(below.status == 409);
    CHECK(code_of(below) == "conflict");
}

TEST_CASE("calls are listed page after page, and a page that is not there is refused") {
    AdminDatabase admin;
    for (const char* const id : {"a", "b", "c"}) {
        admin.ask("POST", "/v1/calls", std::string{R"({"id": ")"} + id + "\"}");
    }
    const auto first = json_of(admin.ask("GET", "/v1/calls?limit=1&after=a"));
    CHECK(first.at("calls").at(0).at("id") == "b");
    CHECK(first.at("next") == "/v1/calls?limit=1&after=b");
    CHECK(admin.ask("GET", "/v1/calls?limit=0").status == 400);
}

TEST_CASE("with the database away a route says so, and health goes on") {
    boost::asio::io_context io{1};
    const auto away = storage::open_database(io, "postgresql://turnpike@127.0.0.1:1/none", {},
                                             storage::operator_statements());
    away->start({.changed = [](const auto&) {}, .restored = [] {}, .lost = [](const auto&) {}});
    test::FakeBackend backend;
    Api api{{.backend = backend, .database = away.get()}, test::admin_settings()};
    const auto ask = [&](const std::string& method, const std::string& target,
                         const std::string& body) {
        const Request request = test::AdminScenario::request(method, target, body);
        std::optional<Answer> answer;
        boost::asio::co_spawn(
            io, api.handle(request, {}),
            [&](const std::exception_ptr&, Answer it) { answer = std::move(it); });
        io.restart();
        while (!answer && io.run_one() > 0) continue;
        return *answer;
    };
    const Answer answer = ask("POST", "/v1/calls", R"({"id": "c-1"})");
    CHECK(answer.status == 503);
    CHECK(code_of(answer) == "database_unavailable");
    CHECK(ask("GET", "/v1/users", "").status == 503);
    CHECK(ask("DELETE", "/v1/users/anna", "").status == 503);
    CHECK(ask("GET", "/livez", "").status == 200);
}

}  // namespace
}  // namespace turnpike::admin
