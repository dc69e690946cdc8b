// SPDX-License-Identifier: BSD-3-Clause
#include "client/check.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::client {
namespace {

// Port 1 of loopback: nothing of ours or anybody's listens there.
CheckReport checked(std::string_view text, std::optional<protocol::Family> family = {}) {
    const auto uri = protocol::Uri::parse(text);
    REQUIRE(uri.has_value());
    CheckSettings settings;
    settings.login = Login{"alice", "secret"};
    settings.family = family;
    CheckReport report{nullptr};
    check(*uri, settings, report);
    return report;
}

TEST_CASE("a check of a closed port fails with its cause", "[client]") {
    const auto report = checked("turn:127.0.0.1:1?transport=tcp");
    REQUIRE(report.ways().size() == 1);
    REQUIRE(report.ways()[0].steps.size() == 1);
    const auto& step = report.ways()[0].steps[0];
    CHECK(step.name == "connect");
    CHECK_FALSE(step.passed);
    CHECK(step.cause.find("nothing listens") != std::string::npos);
    CHECK_FALSE(report.all_work());
}

TEST_CASE("a URI without a transport means every transport of its scheme", "[rfc7065]") {
    const auto plain = checked("turn:127.0.0.1:1");
    REQUIRE(plain.ways().size() == 2);
    CHECK(plain.ways()[0].uri == "turn:127.0.0.1:1?transport=udp");
    CHECK(plain.ways()[1].uri == "turn:127.0.0.1:1?transport=tcp");
    const auto secure = checked("turns:127.0.0.1:1");
    REQUIRE(secure.ways().size() == 2);
    CHECK(secure.ways()[0].uri == "turns:127.0.0.1:1?transport=tcp");
    CHECK(secure.ways()[1].uri == "turns:127.0.0.1:1?transport=udp");
    CHECK(checked("stun:127.0.0.1:1").ways().size() == 1);
}

TEST_CASE("a host without an address of the family that is asked for fails", "[client]") {
    const auto report = checked("turn:127.0.0.1:1", protocol::Family::ipv6);
    REQUIRE(report.ways().size() == 1);
    CHECK(report.ways()[0].steps.at(0).name == "resolve");
    CHECK_FALSE(report.all_work());
}

TEST_CASE("one way to one address is checked alone, whatever the name", "[client]") {
    const auto uri = protocol::Uri::parse("turn:no-such-name.invalid:1?transport=tcp");
    REQUIRE(uri.has_value());
    CheckReport report{nullptr};
    check(*uri, *protocol::Endpoint::parse("127.0.0.1:1"), {.login = Login{"a", "b"}}, report);
    REQUIRE(report.ways().size() == 1);
    CHECK(report.ways()[0].server == "127.0.0.1:1");
    CHECK(report.ways()[0].steps.at(0).name == "connect");
}

}  // namespace
}  // namespace turnpike::client
