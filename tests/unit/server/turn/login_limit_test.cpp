// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/login_limit.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

using namespace std::chrono_literals;
using auth::Limit;

const protocol::Moment now{protocol::TimePoint{1h},
                           protocol::WallTime{std::chrono::seconds{1'800'000'000}}};

TEST_CASE("what is over, or has less than a second left, stands against a login") {
    auth::Identity identity;
    CHECK_FALSE(limit_against(identity, now));
    SECTION("a login") {
        identity.login_until = now.wall;
        CHECK(limit_against(identity, now) == Limit::login_time);
    }
    SECTION("a deadline") {
        identity.grant.deadline = now.steady + 999ms;
        identity.grant.deadline_by = Limit::call_time;
        CHECK(limit_against(identity, now) == Limit::call_time);
        identity.grant.deadline = now.steady + 1s;
        CHECK_FALSE(limit_against(identity, now));
    }
    SECTION("a token") {
        identity.grant.token =
            auth::TokenSession{.key_id = "key", .mac_key = {}, .until = now.steady + 500ms};
        CHECK(limit_against(identity, now) == Limit::token_time);
    }
    SECTION("a refusal") {
        identity.grant.refusal = Limit::account_disabled;
        CHECK(limit_against(identity, now) == Limit::account_disabled);
    }
}

TEST_CASE("another login helps against its own end alone, and each limit has a phrase") {
    CHECK(is_of_login(Limit::login_time));
    CHECK(is_of_login(Limit::token_time));
    CHECK_FALSE(is_of_login(Limit::call_time));
    CHECK(phrase_of({}).empty());
    CHECK(phrase_of(Limit::call_time) == "Call Time Is Over");
}

}  // namespace
}  // namespace turnpike::turn
