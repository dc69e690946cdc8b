// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/account_desk.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/server_with_database.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;
using test::ServerWithDatabase;

TEST_CASE("a user of the database is waited for once, and known then") {
    ServerWithDatabase s;
    s.add_user("dora");
    auto first = s.server.udp_client("dora", "sesame");
    CHECK(first.allocate()->success());
    CHECK(s.server.count(Counter::messages_parked) == 1);
    auto second = s.server.tcp_client("dora", "sesame");
    CHECK(second.allocate()->success());
    CHECK(s.server.count(Counter::messages_parked) == 1);
    CHECK(s.server.count(Counter::accounts_cached) >= 1);
    auto wrong = s.server.udp_client("dora", "wrong");
    CHECK(wrong.allocate()->error() == 401);
    auto nobody = s.server.tcp_client("nobody", "sesame");
    CHECK(nobody.allocate()->error() == 401);
}

TEST_CASE("users of the configuration wait for nothing") {
    ServerWithDatabase s;
    CHECK(s.server.udp_client().allocate()->success());
    CHECK(s.server.count(Counter::messages_parked) == 0);
    CHECK(s.server.count(Counter::storage_lookups) == 0);
}

TEST_CASE("a change of a row ends what it no longer allows") {
    ServerWithDatabase s;
    s.add_user("dora");
    auto client = s.server.udp_client("dora", "sesame");
    REQUIRE(client.allocate()->success());
    s.database.site("UPDATE turnpike.account SET enabled = 0");
    CHECK(s.server.reaches(Counter::allocations_ended_withdrawn, 1));
    CHECK_FALSE(client.refresh(600s));
    CHECK(s.server.udp_client("dora", "sesame").allocate()->error() == 403);
}

TEST_CASE("a user who is put into another call is out of the first") {
    ServerWithDatabase s;
    s.add_user("dora", ", call", ", 'c-1'");
    auto client = s.server.udp_client("dora", "sesame");
    REQUIRE(client.allocate()->success());
    s.database.site("UPDATE turnpike.account SET call = 'c-2'");
    CHECK(s.server.reaches(Counter::allocations_ended_withdrawn, 1));
    CHECK(s.reaches("SELECT count(*) FROM usage WHERE call = 'c-1' AND reason = 'call_ended'", 1));
    CHECK(s.server.udp_client("dora", "sesame").allocate()->success());
}

// A server whose configuration a test changes while it runs.
struct Reloaded {
    [[nodiscard]] std::string apply() { return s.server.apply(config); }

    config::Config config;
    ServerWithDatabase s{[this](const config::Config& started) { config = started; }};
};

TEST_CASE("a user taken out of the configuration whom the database does not know is out at once") {
    Reloaded r;
    auto alice = r.s.server.udp_client();
    auto bob = r.s.server.udp_client("bob", "builder");
    REQUIRE(alice.allocate()->success());
    REQUIRE(bob.allocate()->success());
    r.config.users.erase(r.config.users.begin());
    CHECK(r.apply().empty());
    CHECK(r.s.server.reaches(Counter::allocations_ended_withdrawn, 1));
    CHECK(bob.refresh(600s));
    CHECK(r.s.server.udp_client().allocate()->error() == 401);
    CHECK_THAT(r.s.server.log(), Catch::Matchers::Contains("reason=account_removed"));
}

TEST_CASE("a user who moves from the configuration to the database goes on and is its own now") {
    Reloaded r;
    auto alice = r.s.server.udp_client();
    REQUIRE(alice.allocate()->success());
    r.s.add_user("alice");
    r.config.users.clear();
    CHECK(r.apply().empty());
    alice.use_password("sesame");
    CHECK(alice.refresh(600s));
    CHECK(r.s.server.count(Counter::allocations_ended_withdrawn) == 0);
    r.s.database.site("UPDATE turnpike.account SET enabled = 0");
    CHECK(r.s.server.reaches(Counter::allocations_ended_withdrawn, 1));
}

TEST_CASE("a user who moves from the database to the configuration may lose the row") {
    Reloaded r;
    r.s.add_user("dora");
    r.s.add_user("emil");
    auto dora = r.s.server.udp_client("dora", "sesame");
    auto emil = r.s.server.udp_client("emil", "sesame");
    REQUIRE(dora.allocate()->success());
    REQUIRE(emil.allocate()->success());
    r.config.users.push_back({"dora", "sesame"});
    CHECK(r.apply().empty());
    r.s.database.site("UPDATE turnpike.account SET enabled = 0 WHERE username = 'dora'");
    r.s.database.site("UPDATE turnpike.account SET enabled = 0 WHERE username = 'emil'");
    CHECK(r.s.server.reaches(Counter::allocations_ended_withdrawn, 1));
    CHECK(dora.refresh(600s));
    CHECK_FALSE(emil.refresh(600s));
}

TEST_CASE("whoever shows no good nonce makes nobody ask the database") {
    ServerWithDatabase s;
    auto stranger = s.server.udp_client("dora", "sesame");
    stranger.assume("example.org", "a nonce that nobody gave");
    const auto answer = stranger.exchange(protocol::Method::allocate, [](auto& builder) {
        builder.requested_transport(protocol::protocol_udp);
    });
    CHECK(answer->error() == 438);
    CHECK(s.server.count(Counter::storage_lookups) == 0);
}

TEST_CASE("a connection that closes while it waits leaves nothing behind") {
    ServerWithDatabase s;
    s.add_user("dora");
    for (int count = 0; count < 20; ++count) {
        auto client = s.server.tcp_client("dora", "sesame");
        (void)client.allocate();
        s.database.site("UPDATE turnpike.account SET bytes = " + std::to_string(1000 + count));
    }
    CHECK(ServerWithDatabase::until(
        [&] { return s.reaches("SELECT count(*) FROM usage WHERE ended_at IS NULL", 0); }));
}

}  // namespace
}  // namespace turnpike::worker
