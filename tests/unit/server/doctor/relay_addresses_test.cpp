// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/relay_addresses.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

protocol::IpAddress address(const char* text) {
    return *protocol::IpAddress::parse(text);
}

// A host that is well: one public address, on the way to everywhere.
RelayAddressFacts healthy() {
    const auto own = address("8.8.4.4");
    return {.relays = {{own, own}},
            .external = {},
            .host = {address("127.0.0.1"), own},
            .routed = {own}};
}

Finding only(const RelayAddressFacts& facts) {
    const auto findings = judge_relay_addresses(facts);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

TEST_CASE("a public address of this host is well") {
    CHECK(only(healthy()) == well("relay addresses", "8.8.4.4"));
}

TEST_CASE("an address that this host does not have is a problem, with those that it has") {
    auto facts = healthy();
    facts.relays = {{address("8.8.8.8"), address("8.8.8.8")}};
    const Finding finding = only(facts);
    CHECK(finding.grade == Grade::problem);
    CHECK(finding.seen == "8.8.8.8 is no address of this host, which has 8.8.4.4");
    CHECK(finding.advice.find("relay.external") != std::string::npos);
}

TEST_CASE("an address that the kernel lets us bind is well, though no interface carries it") {
    auto facts = healthy();
    facts.relays = {{address("8.8.8.8"), address("8.8.8.8")}};
    facts.bindable = {address("8.8.8.8")};
    CHECK(only(facts) == well("relay addresses", "8.8.8.8"));
}

TEST_CASE("what can be bound is asked of the kernel") {
    config::Relay relay{};
    relay.addresses = {address("127.0.0.77"), address("203.0.113.7")};
    const auto facts = gather_relay_addresses(relay);
    CHECK(facts.bindable == std::vector{address("127.0.0.77")});
}

TEST_CASE("a private address without its public one is a warning that writes the line to add") {
    auto facts = healthy();
    facts.relays = {{address("10.0.0.5"), address("10.0.0.5")}};
    facts.host.push_back(address("10.0.0.5"));
    const Finding finding = only(facts);
    CHECK(finding.grade == Grade::warning);
    CHECK(finding.advice.find("{ \"10.0.0.5\" = \"the public address\" }") != std::string::npos);
}

TEST_CASE("behind 1:1 NAT the public address is what counts") {
    auto facts = healthy();
    facts.host.push_back(address("10.0.0.5"));
    facts.relays = {{address("10.0.0.5"), address("8.8.8.8")}};
    facts.external = {{address("10.0.0.5"), address("8.8.8.8")}};
    CHECK(only(facts) == well("relay addresses", "10.0.0.5, shown as 8.8.8.8"));
    facts.relays = {{address("10.0.0.5"), address("192.168.0.1")}};
    facts.external = {{address("10.0.0.5"), address("192.168.0.1")}};
    CHECK(only(facts).grade == Grade::warning);
    CHECK(only(facts).seen ==
          "10.0.0.5 is shown as 192.168.0.1, which is no public address either");
}

TEST_CASE("loopback is called what it is") {
    auto facts = healthy();
    facts.relays = {{address("127.0.0.1"), address("127.0.0.1")}};
    CHECK(only(facts).seen == "127.0.0.1 can be reached from this host alone");
}

TEST_CASE("a pair of relay.external that does nothing, or the wrong way round, is a warning") {
    auto facts = healthy();
    facts.external = {{address("8.8.8.8"), address("8.8.4.4")}};
    auto findings = judge_relay_addresses(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].seen == "relay.external names 8.8.8.8, where no relays are opened");
    facts.host.push_back(address("10.0.0.5"));
    facts.relays = {{address("10.0.0.5"), address("8.8.4.4")}};
    facts.external = {{address("10.0.0.5"), address("8.8.4.4")}};
    findings = judge_relay_addresses(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].seen.ends_with("8.8.4.4, which this host has itself"));
    CHECK(findings[1].advice.find("relay.addresses = [\"8.8.4.4\"]") != std::string::npos);
}

TEST_CASE("a host without a default route, or without any address, is told of") {
    auto facts = healthy();
    facts.routed.clear();
    auto findings = judge_relay_addresses(facts);
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].seen.starts_with("this host has no default route"));
    findings = judge_relay_addresses({});
    CHECK(findings.front().grade == Grade::problem);
}

TEST_CASE("addresses are listed without those that nobody else can use") {
    CHECK(listed({address("127.0.0.1"), address("::1"), address("fe80::1")}) == "none");
    CHECK(listed({address("10.0.0.5"), address("::1"), address("2001:db8::1")}) ==
          "10.0.0.5, 2001:db8::1");
}

TEST_CASE("what is gathered is of this host") {
    config::Relay relay;
    relay.addresses = {address("127.0.0.1")};
    const auto facts = gather_relay_addresses(relay);
    REQUIRE(facts.relays.size() == 1);
    CHECK(facts.relays[0].local == address("127.0.0.1"));
    CHECK_FALSE(facts.host.empty());
}

}  // namespace
}  // namespace turnpike::doctor
