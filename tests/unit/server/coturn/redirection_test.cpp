// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;

std::string servers(const CoturnImport& import) {
    std::string out;
    for (const config::AlternateServer& each : import.config().redirect.servers) {
        out += each.address.to_string() + "/" +
               (each.tls_address ? each.tls_address->to_string() : "-") + "*" +
               std::to_string(each.weight) + " ";
    }
    return out;
}

TEST_CASE("alternate servers are redirected to always, by how often they are named") {
    const CoturnImport import{
        "alternate-server=192.0.2.1\nalternate-server=192.0.2.2:4000\nalternate-server=192.0.2.1:"
        "3478\n"
        "alternate-server=[2001:db8::1]\nalternate-server=2001:db8::1\n"};
    CHECK(servers(import) == "192.0.2.1:3478/-*2 192.0.2.2:4000/-*1 [2001:db8::1]:3478/-*2 ");
    CHECK(import.config().redirect.mode == config::RedirectMode::always);
    CHECK(import.outcome(1) == Outcome::changed);
    CHECK(import.says(1, "TLS and DTLS too"));
}

TEST_CASE("the TLS address is that of the same host, else the next of its family") {
    const CoturnImport import{
        "alternate-server=192.0.2.1\nalternate-server=192.0.2.2\nalternate-server=192.0.2.3\n"
        "alternate-server=2001:db8::1\n"
        "tls-alternate-server=192.0.2.2:443\ntls-alternate-server=192.0.2.1\n"};
    CHECK(servers(import) ==
          "192.0.2.1:3478/192.0.2.1:5349*1 192.0.2.2:3478/192.0.2.2:443*1 "
          "192.0.2.3:3478/192.0.2.2:443*1 [2001:db8::1]:3478/-*1 ");
    CHECK(import.outcome(5) == Outcome::changed);
    CHECK_FALSE(import.says(1, "TLS and DTLS too"));
}

TEST_CASE("TLS servers alone would take plain clients along, so nobody is redirected") {
    const CoturnImport import{"tls-alternate-server=192.0.2.1\n"};
    CHECK(import.outcome(1) == Outcome::no_equal);
    CHECK(import.config().redirect.mode == config::RedirectMode::off);
}

TEST_CASE("a server that is no address is an error") {
    const std::string text =
        GENERATE("turn.example.org", "192.0.2.1:99999", "0.0.0.0", "[192.0.2.1");
    CHECK(CoturnImport{"alternate-server=" + text}.outcome(1) == Outcome::wrong);
    CHECK(CoturnImport{"tls-alternate-server=" + text}.outcome(1) == Outcome::wrong);
}

}  // namespace
}  // namespace turnpike::coturn
