// SPDX-License-Identifier: BSD-3-Clause
#include "auth/timed_secret.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::auth {
namespace {

using namespace std::chrono_literals;
using protocol::WallTime;

TEST_CASE("the password is the MAC of the username", "[B36]") {
    CHECK(timed_password("north", "1700000000:alice") == "Cd/49soE35ICqcJF/bCTn8Z4OyE=");
}

TEST_CASE("a time-limited username tells expiry, user and call", "[B36]") {
    struct Row {
        std::string_view username;
        std::string_view user;
        std::string_view call;
    };
    const Row row = GENERATE(Row{"1700000000", "", ""}, Row{"1700000000:alice", "alice", ""},
                             Row{"1700000000:alice:7", "alice", "7"}, Row{"1700000000::7", "", "7"},
                             Row{"1700000000:alice:call:9", "alice", "call:9"});
    const auto parsed = parse_timed_username(row.username);
    REQUIRE(parsed.has_value());
    CHECK(parsed->expiry == WallTime{1'700'000'000s});
    CHECK(parsed->user == row.user);
    CHECK(parsed->call == row.call);
    CHECK(timed_username(parsed->expiry, parsed->user, parsed->call) == row.username);
}

TEST_CASE("other usernames are not time-limited", "[B36][B35]") {
    const std::string_view username = GENERATE(
        std::string_view{"alice"}, std::string_view{""}, std::string_view{":alice"},
        std::string_view{"-1:alice"}, std::string_view{"+1:alice"}, std::string_view{"17x:alice"},
        std::string_view{" 17:alice"}, std::string_view{"1234567890123:alice"});
    CHECK_FALSE(parse_timed_username(username).has_value());
}

TEST_CASE("an expiry beyond what clocks can count is far away, not in the past", "[B36]") {
    const auto parsed = parse_timed_username("999999999999:alice");
    REQUIRE(parsed.has_value());
    CHECK(parsed->expiry > WallTime{4'000'000'000s});
}

TEST_CASE("a secret is known again, and one of the database is not taken for another", "[B37]") {
    const std::string id = configured_secret_id("north");
    CHECK(id == configured_secret_id("north"));
    CHECK(id != configured_secret_id("south"));
    CHECK(id.find("north") == std::string::npos);
    CHECK(is_configured_secret(id));
    CHECK_FALSE(is_configured_secret(stored_secret_id(id)));
    CHECK_FALSE(is_configured_secret(""));
    CHECK(stored_secret_id("spring") != stored_secret_id("autumn"));
    CHECK_FALSE(stored_secret_id("").empty());
}

}  // namespace
}  // namespace turnpike::auth
