// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/resolve.hpp"

#include "auth/password.hpp"
#include "protocol/bytes.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;
using auth::Grant;
using auth::Limit;

constexpr storage::Time noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};
const protocol::Moment now{protocol::TimePoint{1h}, noon};
const Defaults defaults{.realm = "example.org", .bytes = 1, .bits_per_second = 2, .allocations = 3};

storage::User user() {
    storage::User user;
    user.credential.key_md5 = std::string(16, 'm');
    user.credential.key_sha256 = std::string(32, 's');
    return user;
}

storage::Call call() {
    return {.realm = "example.org", .id = "c-1"};
}

Grant granted(const storage::User& user) {
    return resolve(user, "alice", defaults, now).value().grant;
}

TEST_CASE("keys are taken as they are, and made where the site hands out a password") {
    const auto derived = resolve(user(), "alice", defaults, now);
    REQUIRE(derived);
    CHECK(protocol::as_text(derived->md5.octets()) == std::string(16, 'm'));
    CHECK(protocol::as_text(derived->sha256.octets()) == std::string(32, 's'));
    storage::User site = user();
    site.credential.password = "sesame";
    const auto made = resolve(site, "alice", defaults, now);
    REQUIRE(made);
    const auto key = auth::derive_md5("alice", "example.org", "sesame");
    CHECK(std::ranges::equal(made->md5.octets(), key.octets()));
    CHECK(made->sha256.octets().size() == 32);
}

TEST_CASE("a row without a usable key lets nobody in") {
    storage::User none;
    CHECK_FALSE(resolve(none, "alice", defaults, now));
    none.credential.key_md5 = "short";
    CHECK_FALSE(resolve(none, "alice", defaults, now));
    none.credential.password = "";
    CHECK_FALSE(resolve(none, "alice", defaults, now));
    none.credential = {};
    none.credential.key_md5 = std::string(16, 'm');
    const auto one = resolve(none, "alice", defaults, now);
    REQUIRE(one);
    CHECK(one->sha256.octets().empty());
}

TEST_CASE("the user's word counts before the realm's, and that before the configuration's") {
    storage::User it = user();
    CHECK(granted(it).bytes == 1);
    CHECK(granted(it).bits_per_second == 2);
    CHECK(granted(it).user_bits_per_second == 0);
    CHECK(granted(it).allocations == 3);
    it.realm = {60, {10, 20, 30}};
    CHECK(granted(it).bytes == 10);
    CHECK(granted(it).bits_per_second == 2);
    CHECK(granted(it).user_bits_per_second == 20);
    CHECK(granted(it).allocations == 30);
    CHECK(granted(it).session == 60s);
    it.credential.limits = {100, 200, 300};
    CHECK(granted(it).bytes == 100);
    CHECK(granted(it).user_bits_per_second == 200);
    CHECK(granted(it).allocations == 300);
    it.credential.limits = {INT64_MAX, -1, INT64_MAX};
    CHECK(granted(it).bytes == INT64_MAX);
    CHECK(granted(it).user_bits_per_second == 1);
    CHECK(granted(it).allocations == UINT32_MAX);
}

TEST_CASE("what a call says counts beside its user's, and then the strictest") {
    storage::User it = user();
    it.credential.call = "c-1";
    CHECK(granted(it).call == "c-1");  // without a row: a name on the bill
    it.call = call();
    it.call->leg_bits_per_second = 1;
    it.call->bits_per_second = 50;
    it.call->bytes = 60;
    it.call->participants = 4;
    CHECK(granted(it).bits_per_second == 1);
    CHECK(granted(it).call_grant ==
          auth::CallGrant{.bytes = 60, .bits_per_second = 50, .participants = 4});
    it.call->leg_bits_per_second = 1000;
    CHECK(granted(it).bits_per_second == 2);
}

TEST_CASE("the earliest end counts, and it is known whose it is") {
    storage::User it = user();
    CHECK(granted(it).deadline == std::nullopt);
    it.credential.deadline = noon + 60s;
    CHECK(granted(it).deadline == now.steady + 60s);
    CHECK(granted(it).deadline_by == Limit::account_time);
    it.call = call();
    it.call->ends_at = noon + 40s;
    CHECK(granted(it).deadline == now.steady + 40s);
    CHECK(granted(it).deadline_by == Limit::call_time);
    it.call->ended_at = noon + 10s;
    CHECK(granted(it).deadline == now.steady + 10s);
    CHECK(granted(it).deadline_by == Limit::call_ended);
    CHECK(granted(it).refusal == std::nullopt);
}

TEST_CASE("a length counts from the first media") {
    storage::User it = user();
    it.call = call();
    it.call->seconds = 40;
    CHECK(granted(it).deadline == std::nullopt);
    CHECK(granted(it).call_grant->length_from_media == 40s);
    it.call->media_at = noon - 10s;
    CHECK(granted(it).deadline == now.steady + 30s);
    CHECK(granted(it).call_grant->length_from_media == std::nullopt);
}

TEST_CASE("who may not is told why") {
    storage::User it = user();
    it.call = call();
    it.call->starts_at = noon + 1s;
    CHECK(granted(it).refusal == Limit::call_not_begun);
    it.call->starts_at = noon;
    CHECK(granted(it).refusal == std::nullopt);
    it.call->ends_at = noon;
    CHECK(granted(it).refusal == Limit::call_time);
    it.call->ended_at = noon - 1s;
    CHECK(granted(it).refusal == Limit::call_ended);
    it.credential.deadline = noon - 2s;
    CHECK(granted(it).refusal == Limit::account_time);
    it.credential.enabled = false;
    CHECK(granted(it).refusal == Limit::account_disabled);
}

TEST_CASE("a time-limited username is under its call's and its realm's limits") {
    Grant grant;
    grant.username = "1795520696:alice:c-1";
    grant.call = "c-1";
    grant.bytes = 7;
    grant.deadline = now.steady + 50s;
    grant.deadline_by = Limit::login_time;
    CHECK(resolve(grant, {}, now).bytes == 7);
    const Grant resolved =
        resolve(grant,
                {.call = storage::Call{.id = "c-1", .ends_at = noon + 40s, .participants = 2},
                 .realm = {90, {8, 9, 10}}},
                now);
    CHECK(resolved.bytes == 8);
    CHECK(resolved.user_bits_per_second == 9);
    CHECK(resolved.allocations == 10);
    CHECK(resolved.session == 90s);
    CHECK(resolved.call_grant->participants == 2);
    CHECK(resolved.deadline_by == Limit::call_time);
    grant.deadline = now.steady + 30s;
    CHECK(resolve(grant, {.call = storage::Call{.ends_at = noon + 40s}, .realm = {}}, now)
              .deadline_by == Limit::login_time);
}

TEST_CASE("the ends of time are near enough") {
    CHECK(to_steady(storage::Time::max(), now) > now.steady + 24h * 365 * 99);
    CHECK(to_steady(storage::Time::min(), now) < now.steady);
    CHECK(to_steady(noon + 1us, now) == now.steady + 1us);
}

}  // namespace
}  // namespace turnpike::accounts
