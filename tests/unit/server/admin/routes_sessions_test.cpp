// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using test::AdminScenario;
using test::code_of;
using test::json_of;
using test::session;

std::vector<std::string> ids_of(const Answer& answer) {
    std::vector<std::string> ids;
    const auto json = json_of(answer);
    for (const auto& each : json.at("sessions").as_array()) {
        ids.push_back(boost::json::value_to<std::string>(each.at("id")));
    }
    return ids;
}

AdminScenario& filled(AdminScenario& admin) {
    admin.backend.sessions = {session(1, "alice", "c-1"), session(2, "bob", "c-1"),
                              session(18'446'744'073'709'551'615U, "alice")};
    return admin;
}

TEST_CASE("sessions are listed with all that is known of them") {
    AdminScenario admin;
    const Answer answer = filled(admin).get("/v1/sessions");
    CHECK(answer.status == 200);
    CHECK(ids_of(answer) == std::vector<std::string>{"1", "2", "18446744073709551615"});
    const auto json = json_of(answer);
    CHECK(json.at("next").is_null());
    const auto& first = json.at("sessions").at(0);
    CHECK(first.at("user") == "alice");
    CHECK(first.at("call") == "c-1");
    CHECK(first.at("client") == "192.0.2.7:4000");
    CHECK(first.at("ends_in_seconds").is_null());
    CHECK(json.at("sessions").at(2).at("call").is_null());
}

TEST_CASE("each filter is handed on, and others are refused") {
    AdminScenario admin;
    const Answer answer = filled(admin).get(
        "/v1/"
        "sessions?user=al%20ice&call=c%2F1&client=2001%3adb8%3a%3a1&transport=tls&limit=7&after=1");
    CHECK(answer.status == 200);
    const auto& query = admin.backend.last_query;
    CHECK(query.filter.user == "al ice");
    CHECK(query.filter.call == "c/1");
    CHECK(query.filter.client == protocol::IpAddress::parse("2001:db8::1"));
    CHECK(query.filter.transport == "tls");
    CHECK(query.limit == 7);
    CHECK(query.after == protocol::AllocationId{1});
    for (const char* const bad :
         {"usr=alice", "limit=0", "limit=1001", "limit=-1", "limit=x", "limit=", "after=x",
          "transport=sctp", "client=192.0.2.7:4000", "client=example.org"}) {
        INFO(bad);
        CHECK(admin.get(std::string{"/v1/sessions?"} + bad).status == 400);
    }
}

TEST_CASE("pages follow each other by the link of the one before") {
    AdminScenario admin;
    std::string next = "/v1/sessions?limit=1&user=alice";
    filled(admin);
    std::vector<std::string> seen;
    while (!next.empty()) {
        const Answer answer = admin.get(next);
        REQUIRE(answer.status == 200);
        for (const auto& id : ids_of(answer)) seen.push_back(id);
        const auto json = json_of(answer);
        next = json.at("next").is_null() ? "" : boost::json::value_to<std::string>(json.at("next"));
    }
    CHECK(seen == std::vector<std::string>{"1", "18446744073709551615"});
}

TEST_CASE("one session is shown and ended by its id") {
    AdminScenario admin;
    CHECK(json_of(filled(admin).get("/v1/sessions/2")).at("user") == "bob");
    const Answer ended = admin.ask(AdminScenario::request("DELETE", "/v1/sessions/2"));
    CHECK(json_of(ended).at("ended") == 1);
    for (const char* const id : {"2", "9", "-1", "x", "2x", "18446744073709551616"}) {
        for (const char* const method : {"GET", "DELETE"}) {
            INFO(method << ' ' << id);
            const Answer answer =
                admin.ask(AdminScenario::request(method, std::string{"/v1/sessions/"} + id));
            CHECK(answer.status == 404);
            CHECK(code_of(answer) == "not_found");
        }
    }
    CHECK(admin.backend.sessions.size() == 2);
}

TEST_CASE("an answer tells how many workers have no part in it") {
    AdminScenario admin;
    CHECK(json_of(filled(admin).get("/v1/sessions")).at("workers_unheard") == 0);
    admin.backend.workers_unheard = 1;
    CHECK(json_of(admin.get("/v1/sessions")).at("workers_unheard") == 1);
    CHECK(json_of(admin.ask(AdminScenario::request("DELETE", "/v1/sessions?user=bob")))
              .at("workers_unheard") == 1);
    // It may live with one of them.
    CHECK(admin.get("/v1/sessions/99").status == 504);
    CHECK(admin.ask(AdminScenario::request("DELETE", "/v1/sessions/99")).status == 504);
}

TEST_CASE("sessions are ended by user or call, and it is said how many") {
    AdminScenario admin;
    const Answer none = filled(admin).ask(AdminScenario::request("DELETE", "/v1/sessions"));
    CHECK(none.status == 400);
    CHECK(admin.ask(AdminScenario::request("DELETE", "/v1/sessions?limit=1")).status == 400);
    CHECK(admin.backend.sessions.size() == 3);
    const auto end = [&](const std::string& filter) {
        return json_of(admin.ask(AdminScenario::request("DELETE", "/v1/sessions?" + filter)))
            .at("ended");
    };
    CHECK(end("call=c-1") == 2);
    CHECK(end("user=bob") == 0);
    CHECK(end("user=alice") == 1);
    CHECK(admin.backend.sessions.empty());
}

}  // namespace
}  // namespace turnpike::admin
