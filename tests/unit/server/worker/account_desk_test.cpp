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
