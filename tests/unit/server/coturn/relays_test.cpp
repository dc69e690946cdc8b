// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;
using test::joined;

std::string mappings(const CoturnImport& import) {
    std::string out;
    for (const auto& [relay, external] : import.config().relay.external) {
        out += (out.empty() ? "" : " ") + relay.to_string() + ">" + external.to_string();
    }
    return out;
}

TEST_CASE(
    "relays are opened on relay-ip, else on listening-ip, else where the default routes are") {
    CHECK(
        joined(
            CoturnImport{"listening-ip=10.0.0.1\nrelay-ip=10.0.0.2\n"}.config().relay.addresses) ==
        "10.0.0.2");
    CHECK(joined(CoturnImport{"listening-ip=10.0.0.1\nlistening-ip=10.0.0.1\n"}
                     .config()
                     .relay.addresses) == "10.0.0.1");
    CHECK(CoturnImport{"listening-ip=0.0.0.0\n"}.config().relay.addresses.empty());
    CHECK(CoturnImport{""}.config().relay.addresses.empty());
    CHECK(CoturnImport{"relay-ip=0.0.0.0\n"}.outcome(1) == Outcome::wrong);
    CHECK(CoturnImport{"relay-ip=turn.example.org\n"}.outcome(1) == Outcome::wrong);
}

TEST_CASE("pairs of external-ip map one to one, the public address on the right") {
    const CoturnImport import{
        "relay-ip=10.0.0.1\nrelay-ip=10.0.0.2\nexternal-ip=203.0.113.1/10.0.0.1\n"
        "external-ip=203.0.113.2/10.0.0.2\nexternal-ip=203.0.113.3/10.0.0.3\n"};
    CHECK(mappings(import) == "10.0.0.1>203.0.113.1 10.0.0.2>203.0.113.2");
    CHECK(import.outcome(3) == Outcome::maps);
    CHECK(import.outcome(5) == Outcome::unused);
    CHECK(mappings(CoturnImport{"external-ip=203.0.113.1/10.0.0.1\n"}) == "10.0.0.1>203.0.113.1");
}

TEST_CASE("two addresses behind one public one would collide, so the second is left out") {
    const CoturnImport import{
        "relay-ip=10.0.0.1\nrelay-ip=10.0.0.2\nexternal-ip=203.0.113.1/10.0.0.1\n"
        "external-ip=203.0.113.1/10.0.0.2\n"};
    CHECK(import.outcome(4) == Outcome::no_equal);
    CHECK(joined(import.config().relay.addresses) == "10.0.0.1");
    CHECK(mappings(import) == "10.0.0.1>203.0.113.1");
}

TEST_CASE("a bare external-ip stands for the one relay address of its family") {
    const CoturnImport named{
        "listening-ip=10.0.0.1\nlistening-ip=fd00::1\nexternal-ip=203.0.113.1\n"};
    CHECK(mappings(named) == "10.0.0.1>203.0.113.1");
    CHECK(named.outcome(3) == Outcome::maps);

    const CoturnImport found{"external-ip=203.0.113.1\n", {"10.7.0.9", "2001:db8::9"}};
    CHECK(mappings(found) == "10.7.0.9>203.0.113.1");
    CHECK(found.outcome(1) == Outcome::changed);
    CHECK(found.says(1, "10.7.0.9"));
}

TEST_CASE("a bare external-ip that the host itself has needs no mapping") {
    const CoturnImport import{"external-ip=203.0.113.1\n", {"203.0.113.1"}};
    CHECK(mappings(import).empty());
    CHECK(import.outcome(1) == Outcome::maps);
}

TEST_CASE(
    "a bare external-ip of an unknown host is left to the operator, with a line to complete") {
    const CoturnImport import{"external-ip=203.0.113.1\n"};
    CHECK(import.outcome(1) == Outcome::no_equal);
    CHECK(import.holds("# external = { \"THE ADDRESS OF THIS HOST\" = \"203.0.113.1\" }"));
    CHECK(mappings(import).empty());
}

TEST_CASE("a bare external-ip before several addresses keeps the first") {
    const CoturnImport import{
        "relay-ip=10.0.0.1\nrelay-ip=10.0.0.2\nrelay-ip=fd00::1\nexternal-ip=203.0.113.1\n"};
    CHECK(import.outcome(4) == Outcome::changed);
    CHECK(joined(import.config().relay.addresses) == "10.0.0.1 fd00::1");
    CHECK(mappings(import) == "10.0.0.1>203.0.113.1");
}

TEST_CASE("a bare external-ip stands for what no pair names, and the first of a family counts") {
    const CoturnImport import{
        "relay-ip=10.0.0.1\nrelay-ip=10.0.0.2\nexternal-ip=203.0.113.9\nexternal-ip=203.0.113.8\n"
        "external-ip=203.0.113.1/10.0.0.1\n"};
    CHECK(mappings(import) == "10.0.0.1>203.0.113.1 10.0.0.2>203.0.113.9");
    CHECK(import.outcome(4) == Outcome::unused);
    const CoturnImport all{
        "relay-ip=10.0.0.1\nexternal-ip=203.0.113.1/10.0.0.1\nexternal-ip=203.0.113.9\n"};
    CHECK(all.outcome(3) == Outcome::unused);
}

TEST_CASE("an external-ip that is none is an error") {
    const std::string text = GENERATE("turn.example.org", "203.0.113.1/fd00::1", "203.0.113.1/",
                                      "/10.0.0.1", "0.0.0.0", "203.0.113.1/10.0.0.1/10.0.0.2");
    CHECK(CoturnImport{"external-ip=" + text}.outcome(1) == Outcome::wrong);
}

TEST_CASE("ports of relays are those of min-port and max-port") {
    CHECK(CoturnImport{"min-port=50000\nmax-port=51000\n"}.config().relay.ports ==
          config::PortRange{50000, 51000});
    CHECK(CoturnImport{"min-port=50000\n"}.config().relay.ports == config::PortRange{50000, 65535});
    CHECK(CoturnImport{"max-port=50000\n"}.config().relay.ports == config::PortRange{49152, 50000});
    const CoturnImport low{"max-port=30000\nmin-port=100\nlistening-port=500\n"};
    CHECK(low.outcome(2) == Outcome::changed);
    CHECK(low.config().relay.ports == config::PortRange{1024, 30000});
}

TEST_CASE("ports that end before they begin are an error of the later line") {
    const CoturnImport import{"max-port=50000\nmin-port=60000\n"};
    CHECK(import.outcome(1) == Outcome::maps);
    CHECK(import.outcome(2) == Outcome::wrong);
    CHECK(CoturnImport{"min-port=1\nmax-port=1000\n"}.outcome(2) == Outcome::wrong);
    CHECK(CoturnImport{"max-port=40000\n"}.outcome(1) == Outcome::wrong);
    const CoturnImport none{"min-port=x\nmax-port=70000\n"};
    CHECK(none.outcome(1) == Outcome::wrong);
    CHECK(none.outcome(2) == Outcome::wrong);
}

TEST_CASE("TCP relays, mobility and families are carried over as far as there is something") {
    const CoturnImport import{
        "no-tcp-relay\nmobility\nkeep-address-family\nallocation-default-address-family=ipv4\n"};
    CHECK_FALSE(import.config().relay.tcp);
    CHECK(import.config().relay.mobility);
    CHECK(import.outcome(3) == Outcome::no_equal);
    CHECK(import.outcome(4) == Outcome::maps);
    CHECK(CoturnImport{"allocation-default-address-family=keep\n"}.outcome(1) == Outcome::no_equal);
    CHECK(CoturnImport{"allocation-default-address-family=ipx\n"}.outcome(1) == Outcome::wrong);
}

}  // namespace
}  // namespace turnpike::coturn
