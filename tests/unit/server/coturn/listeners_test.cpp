// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;
using test::joined;

constexpr std::string_view certificate = "cert=/etc/ssl/turn.pem\npkey=/etc/ssl/turn.key\n";

CoturnImport with_certificate(std::string_view text) {
    return CoturnImport{std::string{certificate} + std::string{text}};
}

TEST_CASE("without a certificate plain listeners are made, on every address or on those named") {
    const auto bare = CoturnImport{""}.config().listen;
    CHECK(joined(bare.udp) == "0.0.0.0:3478 [::]:3478");
    CHECK(joined(bare.tcp) == "0.0.0.0:3478 [::]:3478");
    CHECK(bare.automatic.empty());

    const CoturnImport import{
        "listening-ip=192.0.2.1\nlistening-ip=2001:db8::1\nlistening-port=3000\n"
        "tls-listening-port=5000\n"};
    CHECK(joined(import.config().listen.udp) == "192.0.2.1:3000 [2001:db8::1]:3000");
    CHECK(import.outcome(3) == Outcome::maps);
    CHECK(import.outcome(4) == Outcome::unused);
}

TEST_CASE("with a certificate both ports take all four transports, as in coturn") {
    const CoturnImport import =
        with_certificate("listening-ip=192.0.2.1\ntls-listening-port=443\n");
    const auto listen = import.config().listen;
    CHECK(joined(listen.automatic) == "192.0.2.1:3478 192.0.2.1:443");
    CHECK(listen.udp.empty());
    CHECK(listen.tcp.empty());
    CHECK(listen.tls.empty());
    CHECK(listen.certificate == "/etc/ssl/turn.pem");
    CHECK(listen.private_key == "/etc/ssl/turn.key");
    CHECK(import.outcome(4) == Outcome::maps);
    const auto shared =
        with_certificate("listening-ip=192.0.2.1\nlistening-port=443\ntls-listening-port=443\n");
    CHECK(joined(shared.config().listen.automatic) == "192.0.2.1:443");
}

TEST_CASE("where a transport is off, plain and secured get ports of their own, and it is said") {
    struct Row {
        std::string_view text, udp, tcp, tls, dtls;
    };
    const Row row =
        GENERATE(Row{"no-dtls\n", "192.0.2.1:3478", "192.0.2.1:3478", "192.0.2.1:5349", ""},
                 Row{"no-tls\n", "192.0.2.1:3478", "192.0.2.1:3478", "", "192.0.2.1:5349"},
                 Row{"no-tcp\n", "192.0.2.1:3478", "", "192.0.2.1:5349", "192.0.2.1:5349"},
                 Row{"no-udp\n", "", "192.0.2.1:3478", "192.0.2.1:5349", "192.0.2.1:5349"},
                 Row{"no-tls\nno-dtls\n", "192.0.2.1:3478", "192.0.2.1:3478", "", ""});
    const CoturnImport import = with_certificate(
        "listening-ip=192.0.2.1\ntls-listening-port=5349\n" + std::string{row.text});
    const auto listen = import.config().listen;
    CHECK(joined(listen.udp) == row.udp);
    CHECK(joined(listen.tcp) == row.tcp);
    CHECK(joined(listen.tls) == row.tls);
    CHECK(joined(listen.dtls) == row.dtls);
    CHECK(import.outcome(5) == Outcome::maps);
    const bool is_secured = !listen.tls.empty() || !listen.dtls.empty();
    CHECK(import.outcome(4) == (is_secured ? Outcome::changed : Outcome::unused));
    CHECK(import.outcome(1) == (is_secured ? Outcome::maps : Outcome::unused));
}

TEST_CASE("of the plain port it is said what listens there") {
    CHECK(CoturnImport{"listening-port=3000\nno-tcp\n"}.says(1, "the port of listen.udp"));
    CHECK(CoturnImport{"listening-port=3000\nno-udp\n"}.says(1, "the port of listen.tcp"));
    const CoturnImport secured = with_certificate("listening-port=3000\nno-udp\nno-tcp\n");
    CHECK(secured.outcome(3) == Outcome::unused);
    CHECK(joined(secured.config().listen.tls) == "0.0.0.0:5349 [::]:5349");
    CHECK(secured.notes("on port 5349 alone"));
}

TEST_CASE("plain and secured on one port stay together although one transport is off") {
    const CoturnImport import = with_certificate(
        "listening-ip=192.0.2.1\nlistening-port=443\ntls-listening-port=443\nno-dtls\n");
    CHECK(joined(import.config().listen.automatic) == "192.0.2.1:443");
    CHECK(import.outcome(6) == Outcome::changed);
}

TEST_CASE("with every transport off there is no configuration") {
    const CoturnImport import{"no-udp\nno-tcp\n"};
    CHECK(import.outcome(2) == Outcome::wrong);
    CHECK_FALSE(import.imported.ok());
}

TEST_CASE("one half of a certificate is as little as none") {
    const CoturnImport import{"cert=/etc/ssl/turn.pem\nno-tls\n"};
    CHECK(import.outcome(1) == Outcome::unused);
    CHECK(import.outcome(2) == Outcome::maps);
    CHECK(import.config().listen.certificate.empty());
    CHECK(CoturnImport{"pkey=x\n"}.outcome(1) == Outcome::unused);
}

TEST_CASE("a relative path begins beside the file") {
    const CoturnImport import{"cert=tls/turn.pem\npkey=./turn.key\n"};
    CHECK(import.config().listen.certificate == "/etc/tls/turn.pem");
    CHECK(import.config().listen.private_key == "/etc/turn.key");
    CHECK(import.outcome(1) == Outcome::changed);
}

TEST_CASE("ports and addresses that are none are errors of their line") {
    const CoturnImport import{
        "listening-port=0\ntls-listening-port=65536\nlistening-ip=turn.example.org\n"
        "aux-server=192.0.2.1\nalt-listening-port=x\ntcp-proxy-port=0\n"};
    for (const std::size_t line : {1U, 2U, 3U, 4U, 5U, 6U}) {
        CHECK(import.outcome(line) == Outcome::wrong);
    }
}

TEST_CASE("auxiliary servers are more listeners") {
    const CoturnImport plain{"listening-ip=192.0.2.1\naux-server=192.0.2.9:33478\n"};
    CHECK(joined(plain.config().listen.udp) == "192.0.2.1:3478 192.0.2.9:33478");
    CHECK(joined(plain.config().listen.tcp) == "192.0.2.1:3478 192.0.2.9:33478");
    const CoturnImport secured =
        with_certificate("listening-ip=192.0.2.1\naux-server=[2001:db8::9]:33478\n");
    CHECK(joined(secured.config().listen.automatic) ==
          "192.0.2.1:3478 192.0.2.1:5349 [2001:db8::9]:33478");
}

TEST_CASE("the port for proxies is a TCP listener, and the proxies are to be named") {
    const CoturnImport import = with_certificate("listening-ip=192.0.2.1\ntcp-proxy-port=5555\n");
    CHECK(joined(import.config().listen.tcp) == "192.0.2.1:5555");
    CHECK(import.outcome(4) == Outcome::changed);
    CHECK(import.holds("# The proxies before port 5555"));
}

TEST_CASE("two addresses of one family serve NAT behaviour discovery, unless it is off") {
    const std::string two =
        "listening-ip=192.0.2.1\nlistening-ip=2001:db8::1\nlistening-ip=192.0.2.2\n";
    const CoturnImport import{two + "alt-listening-port=3500\n"};
    const auto config = import.config();
    CHECK(joined(config.discovery.addresses) == "192.0.2.1 192.0.2.2");
    CHECK(config.discovery.ports == config::PortRange{3478, 3500});
    CHECK(joined(config.listen.udp) ==
          "192.0.2.1:3478 [2001:db8::1]:3478 192.0.2.2:3478 192.0.2.1:3500 192.0.2.2:3500");
    CHECK(import.outcome(4) == Outcome::maps);
    CHECK(import.notes("RFC 5780"));

    CHECK(CoturnImport{two}.config().discovery.ports == config::PortRange{3478, 3479});
    for (const char* off : {"no-rfc5780\n", "no-udp\n", "external-ip=203.0.113.1/192.0.2.1\n"}) {
        const CoturnImport without{two + off + "alt-listening-port=3500\nrfc5780\n"};
        CHECK(without.config().discovery.addresses.empty());
        CHECK(without.outcome(5) == Outcome::unused);
        CHECK(without.outcome(6) == Outcome::unused);
    }
    const CoturnImport both =
        with_certificate("listening-ip=192.0.2.1\nlistening-ip=192.0.2.2\nrfc5780\n");
    CHECK(both.config().discovery.addresses.size() == 2);
    CHECK(both.outcome(5) == Outcome::maps);
}

}  // namespace
}  // namespace turnpike::coturn
