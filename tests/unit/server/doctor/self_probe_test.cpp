// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/self_probe.hpp"

#include <sys/socket.h>

#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::Transport;
using telemetry::Counter;

// No test waits for it where all is well.
constexpr auto patience = 10s;

TEST_CASE("a server is asked over UDP, else over TCP, else over what is encrypted") {
    const Endpoint wildcard = *Endpoint::parse("0.0.0.0:3478");
    const Endpoint loopback = *Endpoint::parse("127.0.0.1:3478");
    CHECK(probe_target({.udp = {wildcard}, .tcp = {wildcard}}, {}) ==
          Entry{Transport::udp, loopback});
    CHECK(probe_target({.tcp = {wildcard}, .automatic = {wildcard}}, {}) ==
          Entry{Transport::udp, loopback});
    CHECK(probe_target({.tcp = {wildcard}, .tls = {wildcard}}, {}) ==
          Entry{Transport::tcp, loopback});
    CHECK(probe_target({.tls = {wildcard}, .dtls = {wildcard}}, {}) ==
          Entry{Transport::dtls, loopback});
    CHECK(probe_target({.tls = {wildcard}}, {}) == Entry{Transport::tls, loopback});
    CHECK_FALSE(probe_target({}, {}));
}

TEST_CASE("where a PROXY header is demanded from here the server is asked another way") {
    const Endpoint wildcard = *Endpoint::parse("0.0.0.0:3478");
    const Endpoint loopback = *Endpoint::parse("127.0.0.1:3478");
    const std::vector<protocol::Subnet> here{*protocol::Subnet::parse("127.0.0.0/8")};
    CHECK(probe_target({.tcp = {wildcard}, .dtls = {wildcard}}, here) ==
          Entry{Transport::dtls, loopback});
    CHECK(probe_target({.tcp = {wildcard, *Endpoint::parse("192.0.2.1:3478")}}, here) ==
          Entry{Transport::tcp, *Endpoint::parse("192.0.2.1:3478")});
    CHECK_FALSE(probe_target({.tcp = {wildcard}, .tls = {wildcard}}, here));
}

TEST_CASE("a server that listens for TLS and DTLS alone is asked through them") {
    const test::CertificateFolder folder;
    const auto [certificate, key] = folder.issue("own");
    config::Config config = test::loopback_config();
    config.listen = {};
    config.listen.certificate = certificate;
    config.listen.private_key = key;
    config.listen.tls = {{test::own_loopback(1), 0}};
    config.listen.dtls = {{test::own_loopback(1), 0}};
    test::RunningServer server{config};
    for (const Entry& entry : {Entry{Transport::tls, server->tls().front()},
                               Entry{Transport::dtls, server->dtls().front()}}) {
        const Readiness readiness = probe_self(entry, server->probe_login(), patience);
        CHECK(readiness.reason.empty());
        CHECK(readiness.is_ready);
    }
    CHECK(server.count(Counter::allocations_probed) == 2);
    CHECK(server.count(Counter::allocations_made) == 0);
}

TEST_CASE("a server that speaks no TLS where it should is not ready, and the step is named") {
    test::RunningServer server;
    const Readiness readiness =
        probe_self({Transport::tls, server.tcp()}, server->probe_login(), 200ms);
    CHECK_FALSE(readiness.is_ready);
    CHECK(readiness.reason.starts_with("handshake: "));
}

TEST_CASE("of a server that is not ready the step is told, of one that is nothing") {
    const Entry target{Transport::udp, *Endpoint::parse("127.0.0.1:3478")};
    CHECK(judge_probe(target, {.is_ready = true, .reason = {}}).empty());
    const auto findings = judge_probe(target, {.is_ready = false, .reason = "Allocate: 508"});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].grade == Grade::problem);
    CHECK(findings[0].seen ==
          "asked by itself over udp at 127.0.0.1:3478 the server does not relay: Allocate: 508");
}

TEST_CASE("a server that relays is ready, over UDP and TCP, and keeps nothing of the probe") {
    config::Config config = test::loopback_config();
    config.redirect.mode = config::RedirectMode::always;  // of others
    config.redirect.servers.emplace_back().address = *Endpoint::parse("192.0.2.9:3478");
    test::RunningServer server{config};
    const std::size_t ports = server->free_ports();
    for (const Entry& entry :
         {Entry{Transport::udp, server.udp()}, Entry{Transport::tcp, server.tcp()}}) {
        const Readiness readiness = probe_self(entry, server->probe_login(), patience);
        CHECK(readiness.reason.empty());
        CHECK(readiness.is_ready);
        CHECK(readiness.took > 0ns);
    }
    CHECK(server.count(Counter::allocations_probed) == 2);
    CHECK(server.count(Counter::allocations_made) == 0);
    CHECK(server.count(Counter::allocations_ended_deleted) == 0);
    CHECK(server->free_ports() == ports);
    const std::string log = server.log();
    CHECK(log.find("probe-") == std::string::npos);
    CHECK(log.find("allocation made") == std::string::npos);
    CHECK(log.find("allocation ended") == std::string::npos);
}

TEST_CASE("a server that relays on IPv6 alone is ready") {
    config::Config config = test::loopback_config();
    config.relay.addresses = {*protocol::IpAddress::parse("::1")};
    test::RunningServer server{config};
    const Readiness readiness =
        probe_self({Transport::udp, server.udp()}, server->probe_login(), patience);
    CHECK(readiness.reason.empty());
    CHECK(readiness.is_ready);
}

TEST_CASE("a server that refuses says at which step") {
    test::RunningServer server;
    const Readiness stranger =
        probe_self({Transport::udp, server.udp()}, {"mallory", "guess"}, patience);
    CHECK_FALSE(stranger.is_ready);
    CHECK(stranger.reason == "Allocate: 401 Unauthenticated");
}

TEST_CASE("a server that does not answer is not ready when the time is over") {
    const test::LoopbackServer silent{SOCK_DGRAM,
                                      [](protocol::Bytes) { return std::vector<std::byte>{}; }};
    const Readiness readiness =
        probe_self({Transport::udp, *Endpoint::parse(silent.host_and_port())}, {"a", "b"}, 50ms);
    CHECK_FALSE(readiness.is_ready);
    CHECK(readiness.reason == "Allocate: no answer");
    CHECK(readiness.took >= 50ms);
}

TEST_CASE("a port where nothing listens is not ready at once") {
    const Readiness readiness =
        probe_self({Transport::tcp, *Endpoint::parse("127.0.0.1:1")}, {"a", "b"}, patience);
    CHECK(readiness.reason == "connect: 127.0.0.1:1: Connection refused");
}

}  // namespace
}  // namespace turnpike::doctor
