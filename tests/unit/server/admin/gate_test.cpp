// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/gate.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using test::code_of;

constexpr protocol::WallTime noon{1'800'000'000s};

Admission knock(Access access, const std::string& authorization,
                const Settings& settings = test::admin_settings()) {
    return admit(access, {.authorization = authorization}, settings, noon);
}

TEST_CASE("anybody comes in where anybody may") {
    CHECK_FALSE(knock(Access::anybody, "").refusal);
    CHECK_FALSE(knock(Access::anybody, "Bearer wrong").refusal);
}

TEST_CASE("the token opens all, and a mint key what is for it") {
    const std::string token = std::string{"Bearer "} + test::admin_token;
    const auto key = sign_mint_key({.user = "", .call = "c", .expires = noon + 1h}, "example.org",
                                   test::admin_secret);
    CHECK_FALSE(knock(Access::token, token).refusal);
    CHECK_FALSE(knock(Access::mint_key, token).key);
    CHECK(knock(Access::mint_key, "Bearer " + *key).key->call == "c");
    CHECK(knock(Access::token, "Bearer " + *key).refusal->status == 401);
}

TEST_CASE("the right token is seen wherever it is shown, and no other") {
    const std::string token = std::string{"Bearer "} + test::admin_token;
    for (const Access access : {Access::anybody, Access::token, Access::mint_key}) {
        CHECK(knock(access, token).has_token);
        CHECK_FALSE(knock(access, token + "2").has_token);
        CHECK_FALSE(knock(access, "").has_token);
    }
    Settings settings = test::admin_settings();
    settings.token.clear();
    CHECK_FALSE(knock(Access::token, "Bearer ", settings).has_token);
}

TEST_CASE("who is refused is told what is missing") {
    CHECK(test::header_of(*knock(Access::token, "").refusal, "WWW-Authenticate") ==
          R"(Bearer realm="turnpike admin")");
    CHECK(test::header_of(*knock(Access::token, "Bearer wrong").refusal, "WWW-Authenticate") ==
          R"(Bearer realm="turnpike admin", error="invalid_token")");
    Settings settings = test::admin_settings();
    settings.token.clear();
    CHECK(code_of(*knock(Access::token, "Bearer ", settings).refusal) == "no_token_configured");
    CHECK(code_of(*knock(Access::token, "Bearer", settings).refusal) == "no_token_configured");
    CHECK(knock(Access::mint_key, "Bearer wrong", settings).refusal->status == 401);
}

}  // namespace
}  // namespace turnpike::admin
