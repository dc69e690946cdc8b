// SPDX-License-Identifier: BSD-3-Clause
#include "storage/store.hpp"

#include <string>

#include "storage/rows.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::storage {
namespace {

using test::DatabaseScenario;
using test::Kind;
using namespace std::chrono_literals;

const Time noon = Time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}} + 12h;

Usage usage(const std::string& id) {
    return {.id = id,
            .node = "relay1",
            .run = "run1",
            .realm = "example.org",
            .username = "alice",
            .call = "c-1",
            .transport = "udp",
            .client = "192.0.2.7",
            .client_port = 40000,
            .relayed = "198.51.100.1:50000",
            .started_at = noon,
            .first_media_at = noon + 1s,
            .last_media_at = noon + 30s + 250ms,
            .media_seconds = 30,
            .updated_at = noon + 60s,
            .sent_bytes = 5'000'000'000,
            .sent_packets = 5'000'000,
            .received_bytes = 7,
            .received_packets = 1};
}

TEST_CASE("an account is found with all that bears on it") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    CHECK(scenario.user("alice").value() == std::nullopt);
    scenario.empty.site(
        "INSERT INTO turnpike.realm VALUES ('example.org', 3600, 1000, 2000, 3);"
        "INSERT INTO turnpike.call (realm, id, seconds, participants, bytes, bits_per_second,"
        " leg_bits_per_second) VALUES ('example.org', 'c-1', 600, 4, 1000000000, 8000000, "
        "2000000)");
    const Account alice{.realm = "example.org",
                        .username = "alice",
                        .credential = {.key_md5 = std::string(16, '\x80'),
                                       .key_sha256 = std::string(32, '\0'),
                                       .password = {},
                                       .enabled = false,
                                       .call = "c-1",
                                       .deadline = noon + 1us,
                                       .limits = {10, 20, 30}}};
    const auto put = scenario.ask<void>([&](auto handler) {
        scenario.database->execute(
            {{&statements::put_account, to_parameters(alice)}},
            [handler](const auto& answer) { handler(answer ? Result<void>{} : answer.error()); });
    });
    REQUIRE(put);
    const auto found = scenario.user("alice").value();
    REQUIRE(found);
    CHECK(found->credential == alice.credential);
    CHECK(found->realm == Realm{3600, {1000, 2000, 3}});
    REQUIRE(found->call);
    CHECK(found->call->seconds == 600);
    CHECK(found->call->leg_bits_per_second == 2'000'000);
    CHECK(end_of(*found->call) == std::nullopt);
}

TEST_CASE("a call is found by its id, and its realm without it") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    scenario.empty.site(
        "INSERT INTO turnpike.realm (realm, allocations) VALUES ('example.org', 3)");
    const auto find = [&](const std::string& id) {
        return scenario
            .ask<Store::CallAndRealm>(
                [&](auto handler) { scenario.store->find_call("example.org", id, handler); })
            .value();
    };
    CHECK(find("c-1").call == std::nullopt);
    CHECK(find("c-1").realm.limits.allocations == 3);
    scenario.empty.site(
        "INSERT INTO turnpike.call (realm, id, seconds) VALUES ('example.org', 'c-1', 40)");
    const auto begin = [&](Time at) {
        return scenario.ask<void>(
            [&](auto handler) { scenario.store->begin_media("example.org", "c-1", at, handler); });
    };
    REQUIRE(begin(noon));
    REQUIRE(begin(noon + 5s));  // another server's first media
    const auto call = find("c-1").call;
    REQUIRE(call);
    CHECK(call->media_at == noon);
    CHECK(end_of(*call) == noon + 40s);
}

TEST_CASE("a usage row is written once, however often, and never goes back") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const auto write = [&](std::vector<Usage> rows) {
        return scenario.ask<void>(
            [&](auto handler) { scenario.store->write_usage(rows, handler); });
    };
    const auto total = [&] {
        return scenario
            .ask<std::int64_t>([&](auto handler) {
                scenario.store->used_bytes("example.org", "c-1", "another run", handler);
            })
            .value();
    };
    Usage first = usage("a");
    Usage last = usage("a");
    last.updated_at += 60s;
    last.ended_at = last.updated_at;
    last.reason = "deleted";
    last.received_bytes = 1'000'007;
    REQUIRE(write({first, usage("b")}));
    CHECK(total() == 10'000'000'014);
    REQUIRE(write({last}));
    REQUIRE(write({last}));
    REQUIRE(write({first}));
    CHECK(total() == 10'001'000'014);
    // After a crash the journal knows better than who tidied up.
    REQUIRE(scenario.ask<void>(
        [&](auto handler) { scenario.store->close_left_open("relay1", "run2", handler); }));
    Usage late = usage("b");
    late.updated_at += 10s;
    late.received_bytes = 2'000'007;
    late.ended_at = late.updated_at;
    late.reason = "crash";
    REQUIRE(write({late}));
    CHECK(total() == 10'003'000'014);
}

TEST_CASE("a batch of usage is written whole or not at all") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    Usage bad = usage("b");
    if (scenario.empty.kind() == Kind::postgres) bad.client = "no address";
    scenario.empty.site(scenario.empty.kind() == Kind::postgres
                            ? "SELECT 1"
                            : "CREATE TRIGGER no BEFORE INSERT ON usage WHEN NEW.id = 'b'"
                              " BEGIN SELECT raise(ABORT, 'no'); END");
    const std::vector<Usage> rows{usage("a"), bad};
    const auto written =
        scenario.ask<void>([&](auto handler) { scenario.store->write_usage(rows, handler); });
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == Failure::Kind::refused);
    CHECK(scenario
              .ask<std::int64_t>([&](auto handler) {
                  scenario.store->used_bytes("example.org", "c-1", "", handler);
              })
              .value() == 0);
}

TEST_CASE("a site writes its invoice from one view") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    Usage ended = usage("a");
    ended.ended_at = noon + 90s;
    ended.updated_at = noon + 90s;
    ended.reason = "deadline";
    Usage open = usage("b");
    open.username = "bob";
    open.sent_bytes = 3;
    const std::vector<Usage> rows{ended, open};
    REQUIRE(scenario.ask<void>([&](auto handler) { scenario.store->write_usage(rows, handler); }));
    const auto answer = scenario.ask<std::vector<Rows>>([&](auto handler) {
        scenario.database->execute({{&statements::call_usage, {"example.org", "c-1"}}}, handler);
    });
    REQUIRE(answer);
    REQUIRE(answer->front().size() == 2);
    CHECK(to_call_usage(answer->front()[0]) == CallUsage{.username = "alice",
                                                         .started_at = noon,
                                                         .ended_at = noon + 90s,
                                                         .connected_seconds = 90,
                                                         .media_seconds = 30,
                                                         .sent_bytes = 5'000'000'000,
                                                         .received_bytes = 7,
                                                         .allocations = 1,
                                                         .open = 0,
                                                         .reason = "deadline"});
    CHECK(to_call_usage(answer->front()[1]).connected_seconds == 60);
    CHECK(to_call_usage(answer->front()[1]).open == 1);
}

TEST_CASE("what other servers hold counts until it is not renewed") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const auto renew = [&](const std::string& node, std::vector<Lease> leases) {
        return scenario.ask<void>([&](auto handler) {
            scenario.store->tell_holdings({.node = node,
                                           .run = "run",
                                           .now = noon,
                                           .expires = noon + 10s,
                                           .leases = std::move(leases)},
                                          handler);
        });
    };
    const auto elsewhere = [&](Time now) {
        return scenario
            .ask<Store::Elsewhere>([&](auto handler) {
                scenario.store->count_elsewhere({"example.org", "alice", "c-1", "relay1", now},
                                                handler);
            })
            .value();
    };
    REQUIRE(renew("relay1", {{"example.org", "alice", "c-1", 1}}));
    CHECK(elsewhere(noon).allocations == 0);
    REQUIRE(
        renew("relay2", {{"example.org", "alice", "c-1", 2}, {"example.org", "bob", "c-1", 1}}));
    REQUIRE(renew("relay3", {{"example.org", "alice", "", 3}}));
    CHECK(elsewhere(noon).allocations == 5);
    CHECK(elsewhere(noon).participants.size() == 2);
    CHECK(elsewhere(noon + 10s).allocations == 0);
    REQUIRE(renew("relay2", {{"example.org", "alice", "c-1", 0}}));
    CHECK(elsewhere(noon).allocations == 3);
    CHECK(elsewhere(noon).participants == std::vector<std::string>{"bob"});
    REQUIRE(
        scenario.ask<void>([&](auto handler) { scenario.store->drop_leases("relay3", handler); }));
    CHECK(elsewhere(noon).allocations == 0);
}

TEST_CASE("secrets are loaded as long as they are enabled") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    scenario.empty.site(
        "INSERT INTO turnpike.secret (realm, name, secret, expired) VALUES"
        " ('example.org', 'old', 'x', NULL), ('example.org', 'new', 'y', 'end'),"
        " ('example.com', 'other', 'z', NULL)");
    const auto load = [&] {
        return scenario
            .ask<std::vector<Secret>>(
                [&](auto handler) { scenario.store->load_secrets("example.org", handler); })
            .value();
    };
    CHECK(load() == std::vector<Secret>{{"new", "y", "end"}, {"old", "x", std::nullopt}});
    scenario.empty.site(scenario.empty.kind() == Kind::postgres
                            ? "UPDATE turnpike.secret SET enabled = false WHERE name = 'old'"
                            : "UPDATE turnpike.secret SET enabled = 0 WHERE name = 'old'");
    CHECK(load().size() == 1);
}

TEST_CASE("whoever listens hears of an event") {
    DatabaseScenario scenario{Kind::postgres};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const postgres::ConnectionHandle site{PQconnectdb(scenario.empty.url().c_str())};
    const postgres::ResultHandle listening{PQexec(site.get(), "LISTEN turnpike_event")};
    const Event warning{noon, "warning", "example.org", "c-1", 60, noon};
    REQUIRE(scenario.ask<void>([&](auto handler) { scenario.store->put_event(warning, handler); }));
    std::string heard;
    CHECK(scenario.until([&] {
        (void)PQconsumeInput(site.get());
        const postgres::NoticeHandle notice{PQnotifies(site.get())};
        if (notice) heard = notice->extra;
        return notice != nullptr;
    }));
    CHECK_THAT(heard,
               Catch::Contains(R"("call" : "c-1")") && Catch::Contains(R"("seconds_left" : 60)"));
}

TEST_CASE("an event stands there once") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const Event warning{noon, "warning", "example.org", "c-1", 60, noon};
    for (int times = 0; times < 2; ++times) {
        REQUIRE(
            scenario.ask<void>([&](auto handler) { scenario.store->put_event(warning, handler); }));
    }
    scenario.empty.site("CREATE UNIQUE INDEX once ON turnpike.event (kind)");
}

}  // namespace
}  // namespace turnpike::storage
