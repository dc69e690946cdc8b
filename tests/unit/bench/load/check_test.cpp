// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/check.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

CheckSettings with_user(std::string username) {
    CheckSettings settings;
    settings.login = Login{std::move(username), "secret"};
    settings.now = std::chrono::system_clock::time_point{1'700'000'000s};
    return settings;
}

TEST_CASE("an expired time-limited username is told apart from a wrong secret", "[B36]") {
    const Failure denied{std::uint16_t{401}, "401 Unauthenticated"};
    CHECK(likely_cause(denied, with_user("1699999906:alice")).find("expired 94 s ago") !=
          std::string::npos);
    CHECK(likely_cause(denied, with_user("1700000060:alice")).find("secret differs") !=
          std::string::npos);
    CHECK(likely_cause(denied, with_user("alice")).find("wrong password") != std::string::npos);
}

TEST_CASE("silence and refusal have different causes", "[bench]") {
    const auto settings = with_user("alice");
    CHECK(likely_cause({std::nullopt, "no answer"}, settings).find("firewall") !=
          std::string::npos);
    CHECK(likely_cause({std::nullopt, "192.0.2.1:3478: Connection refused"}, settings)
              .find("nothing listens") != std::string::npos);
    CHECK(likely_cause({std::uint16_t{420}, "420 Unknown Attribute"}, settings).empty());
}

TEST_CASE("a check of a closed port fails with its cause and prints both", "[bench]") {
    std::ostringstream out;
    // Port 1 of loopback: nothing of ours or anybody's listens there in a test's namespace.
    const auto uri = Uri::parse("turn:127.0.0.1:1?transport=tcp");
    REQUIRE(uri.has_value());
    CHECK_FALSE(check(*uri, with_user("alice"), out));
    CHECK(out.str().find("FAIL  connect") != std::string::npos);
    CHECK(out.str().find("likely cause: nothing listens") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::bench
