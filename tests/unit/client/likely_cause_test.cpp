// SPDX-License-Identifier: BSD-3-Clause
#include "client/likely_cause.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::system_clock::time_point now{1'700'000'000s};

bool names(const Failure& failure, std::string_view username, std::string_view words) {
    const Login login{std::string{username}, "secret"};
    return likely_cause(failure, login, now).find(words) != std::string::npos;
}

TEST_CASE("an expired time-limited username is told apart from a wrong secret", "[B36]") {
    const Failure denied{.code = std::uint16_t{401}, .text = "401 Unauthenticated"};
    CHECK(names(denied, "1699999906:alice", "expired 94 s ago"));
    CHECK(names(denied, "1700000060:alice", "secret differs"));
    CHECK(names(denied, "1700000060:alice", "more than 60 s ahead"));
    CHECK(names(denied, "alice", "wrong password"));
    CHECK(likely_cause(denied, std::nullopt, now) == "the server asks for a login");
}

TEST_CASE("what the system says has a cause", "[client]") {
    CHECK(names({.text = "no answer"}, "alice", "firewall"));
    CHECK(names({.text = "192.0.2.1:3478: Connection refused"}, "alice", "nothing listens"));
    CHECK(names({.text = "Connection timed out"}, "alice", "firewall drops TCP"));
    CHECK(names({.text = "Network is unreachable"}, "alice", "no route"));
}

TEST_CASE("an error response has a cause where one is likely", "[client]") {
    const auto [code, words] = GENERATE(table<std::uint16_t, std::string>({{403, "policy"},
                                                                           {437, "still there"},
                                                                           {440, "family"},
                                                                           {441, "another user"},
                                                                           {486, "limit"},
                                                                           {508, "ports"}}));
    CHECK(names({.code = code, .text = "refused"}, "alice", words));
    CHECK(likely_cause({.code = std::uint16_t{420}, .text = "420"}, std::nullopt, now).empty());
}

TEST_CASE("whoever saw a failure knows its cause best", "[client]") {
    CHECK(names({.text = "no answer", .cause = "the moon"}, "alice", "the moon"));
}

TEST_CASE("a server that says why it lets nobody relay is believed") {
    const auto cause = [](std::string text) {
        return likely_cause({.code = 403, .text = std::move(text)}, {}, {});
    };
    CHECK(cause("403 Forbidden").find("policy") != std::string::npos);
    CHECK(cause("403 Call Time Is Over").find("relay no more") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::client
