// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;
using test::joined;

TEST_CASE("ranges of peers become blocks that hold exactly the same addresses") {
    const CoturnImport import{
        "denied-peer-ip=10.0.0.0-10.255.255.255\ndenied-peer-ip=192.0.2.1-192.0.2.4\n"
        "allowed-peer-ip=10.1.2.3\nallowed-peer-ip=fd00::5-fd00::6\n"};
    const auto peers = import.config().peers;
    CHECK(joined(peers.deny) == "10.0.0.0/8 192.0.2.1/32 192.0.2.2/31 192.0.2.4/32");
    CHECK(joined(peers.allow) == "10.1.2.3/32 fd00::5/128 fd00::6/128");
    for (const std::size_t line : {1U, 2U, 3U, 4U}) CHECK(import.outcome(line) == Outcome::maps);
    CHECK(import.notes("peers.allow"));
}

TEST_CASE("loopback stays closed behind an allowed range, as in coturn") {
    const CoturnImport import{
        "allowed-peer-ip=126.255.255.255-128.0.0.0\nallowed-peer-ip=127.0.0.1\n"
        "allowed-peer-ip=::-::3\n"};
    CHECK(joined(import.config().peers.allow) == "126.255.255.255/32 128.0.0.0/32 ::/128 ::2/127");
    CHECK(import.says(1, "without loopback"));
    CHECK(import.outcome(2) == Outcome::unused);
}

TEST_CASE("allow-loopback-peers opens loopback, but for what is denied") {
    const CoturnImport open{"allow-loopback-peers\nallowed-peer-ip=127.0.0.1\n"};
    CHECK(joined(open.config().peers.allow) == "127.0.0.1/32 127.0.0.0/8 ::1/128");
    CHECK(open.outcome(1) == Outcome::changed);
    CHECK(open.outcome(2) == Outcome::maps);
    const CoturnImport half{"allow-loopback-peers\ndenied-peer-ip=127.0.0.0-127.127.255.255\n"};
    CHECK(joined(half.config().peers.allow) == "127.128.0.0/9 ::1/128");
    const CoturnImport closed{
        "allow-loopback-peers\ndenied-peer-ip=127.0.0.0-127.255.255.255\ndenied-peer-ip=::1\n"};
    CHECK(closed.config().peers.allow.empty());
    CHECK(closed.says(1, "nothing to write"));
}

TEST_CASE("a CIDR block is taken, and said to have been ignored") {
    const CoturnImport import{"denied-peer-ip=10.0.0.0/8\n"};
    CHECK(joined(import.config().peers.deny) == "10.0.0.0/8");
    CHECK(import.outcome(1) == Outcome::changed);
}

TEST_CASE("what is no range is an error with its line") {
    const std::string text = GENERATE("10.0.0.9-10.0.0.1", "example.org", "10.0.0.1-fd00::1",
                                      "10.0.0.0/33", "10.0.0.1-10.0.0.9 # one to nine");
    const CoturnImport import{"\ndenied-peer-ip=" + text};
    CHECK(import.outcome(2) == Outcome::wrong);
    CHECK_FALSE(import.imported.ok());
}

TEST_CASE("more ranges than a configuration can hold are refused") {
    std::string text;
    for (unsigned index = 0; index < 400; ++index) {
        text += "denied-peer-ip=fd00:" + std::to_string(index + 1000) +
                "::1-fdff:ffff:ffff:ffff:" + "ffff:ffff:ffff:fffe\n";
    }
    const CoturnImport import{text};
    CHECK(import.outcome(1) == Outcome::maps);
    CHECK(import.outcome(400) == Outcome::wrong);
    CHECK_FALSE(import.imported.ok());
}

}  // namespace
}  // namespace turnpike::coturn
