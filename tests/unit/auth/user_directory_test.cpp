// SPDX-License-Identifier: BSD-3-Clause
#include "auth/user_directory.hpp"

#include "auth/password.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::auth {
namespace {

using namespace std::chrono_literals;
using test::to_hex;

const protocol::Moment now{protocol::TimePoint{1h}, protocol::WallTime{1'700'000'000s}};

UserDirectory directory(std::vector<TimedSecret> secrets) {
    UserDirectorySettings settings;
    settings.realm = "example.org";
    settings.users = {{"alice", "secret"}, {"1800000000:fixed", "hers"}};
    settings.secrets = std::move(secrets);
    settings.allocations_per_user = 4;
    return UserDirectory{std::move(settings)};
}

bool opens_with(const Credential& credential, std::string_view username,
                std::string_view password) {
    return to_hex(credential.md5.octets()) ==
               to_hex(derive_md5(username, "example.org", password).octets()) &&
           to_hex(credential.sha256.octets()) ==
               to_hex(derive_sha256(username, "example.org", password).octets());
}

TEST_CASE("a fixed user is found by name and by hash, with derived keys", "[B23][B33]") {
    const auto users = directory({});
    const auto by_name = users.find({.username = "alice"}, now);
    REQUIRE(by_name.size() == 1);
    CHECK(opens_with(by_name.front(), "alice", "secret"));
    CHECK(by_name.front().grant.username == "alice");
    CHECK(by_name.front().grant.realm == "example.org");
    CHECK(by_name.front().grant.allocations == 4);

    const auto hash = derive_userhash("alice", "example.org");
    const auto by_hash = users.find({.userhash = hash}, now);
    REQUIRE(by_hash.size() == 1);
    CHECK(by_hash.front().grant.username == "alice");
}

TEST_CASE("nobody is found for unknown names and hashes", "[B4][B35]") {
    const auto users = directory({{"north"}});
    CHECK(users.find({.username = "mallory"}, now).empty());
    CHECK(users.find({}, now).empty());
    CHECK(users.find({.username = std::string_view{"alice\0", 6}}, now).empty());
    CHECK(users.find({.username = "' OR 1=1 --"}, now).empty());
    CHECK(users.find({.userhash = derive_userhash("mallory", "example.org")}, now).empty());
}

TEST_CASE("every secret may have signed a time-limited username", "[B36][B37]") {
    const auto users = directory({{"north"}, {"south"}});
    const auto found = users.find({.username = "1700000600:bob:7"}, now);
    REQUIRE(found.size() == 2);
    CHECK(opens_with(found[0], "1700000600:bob:7", timed_password("north", "1700000600:bob:7")));
    CHECK(opens_with(found[1], "1700000600:bob:7", timed_password("south", "1700000600:bob:7")));
    CHECK(found[0].grant.call == "7");
    CHECK(found[0].login_until == protocol::WallTime{1'700'000'600s});
    CHECK_FALSE(found[0].grant.deadline.has_value());
}

TEST_CASE("a grant tells which secret proved it, those of the database by name", "[B37]") {
    const auto users = directory({{"north"}, {"south"}});
    const std::vector<TimedSecret> others{
        {.secret = "east", .expiry_ends_relay = false, .name = "spring"}};
    const auto found = users.find({.username = "1700000600:bob"}, now, others);
    REQUIRE(found.size() == 3);
    CHECK(found[0].grant.secret == configured_secret_id("north"));
    CHECK(found[1].grant.secret == configured_secret_id("south"));
    CHECK(found[2].grant.secret == stored_secret_id("spring"));
    CHECK(users.find({.username = "alice"}, now).front().grant.secret.empty());
}

TEST_CASE("an expiry is a deadline where its secret says so", "[B38]") {
    const auto users = directory({{"north", true}, {"south", false}});
    const auto found = users.find({.username = "1700000600:bob"}, now);
    REQUIRE(found.size() == 2);
    CHECK(found[0].grant.deadline == now.steady + 600s);
    CHECK_FALSE(found[1].grant.deadline.has_value());
}

TEST_CASE("an expired username is still found: only a login minds", "[B38][X25]") {
    const auto users = directory({{"north"}});
    const auto found = users.find({.username = "1600000000:bob"}, now);
    REQUIRE(found.size() == 1);
    CHECK(*found.front().login_until < now.wall);
}

TEST_CASE("fixed users and secrets serve side by side, the fixed name first", "[B36]") {
    const auto users = directory({{"north"}});
    const auto found = users.find({.username = "1800000000:fixed"}, now);
    REQUIRE(found.size() == 1);
    CHECK(opens_with(found.front(), "1800000000:fixed", "hers"));
    CHECK_FALSE(found.front().login_until.has_value());
    CHECK(users.find({.username = "alice"}, now).size() == 1);
}

TEST_CASE("anonymity is offered only where every user can be found by hash", "[B23]") {
    CHECK(directory({}).supports_userhash());
    CHECK_FALSE(directory({{"north"}}).supports_userhash());
}

TEST_CASE("the server's own login opens what is nobody's bill, with few allocations at a time") {
    const UserDirectory users{{.realm = "example.org",
                               .allocations_per_user = 1,
                               .bits_per_second = 8,
                               .bytes = 8,
                               .probe = Login{"probe-1", "guess me"}}};
    const auto found = users.find({.username = "probe-1"}, now);
    REQUIRE(found.size() == 1);
    CHECK(opens_with(found.front(), "probe-1", "guess me"));
    CHECK(found.front().grant.is_probe);
    CHECK(found.front().grant.bytes == 0);
    CHECK(found.front().grant.bits_per_second == 0);
    CHECK(found.front().grant.allocations == 4);
    CHECK(users.is_fixed("probe-1"));  // no database is asked for it
    CHECK_FALSE(directory({}).find({.username = "alice"}, now).front().grant.is_probe);
}

}  // namespace
}  // namespace turnpike::auth
