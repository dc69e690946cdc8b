// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/listeners.hpp"

#include <unistd.h>

#include <cerrno>

#include "server/net/socket_options.hpp"
#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

using protocol::Endpoint;

const std::vector<protocol::IpAddress> host{*protocol::IpAddress::parse("192.0.2.5")};

ListenerFacts facts(int error) {
    return {.key = "listen.udp", .endpoint = *Endpoint::parse("192.0.2.1:3478"), .error = error};
}

Finding judged(const ListenerFacts& facts) {
    const auto findings = judge_listeners({facts}, host);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

TEST_CASE("a port that is free is well") {
    CHECK(judged(facts(0)) == well("listeners", "listen.udp UDP 192.0.2.1:3478 is free"));
}

TEST_CASE("a port that the running server has is well, and another's is a problem with its name") {
    ListenerFacts taken = facts(EADDRINUSE);
    taken.holder = PortHolder{17, "named"};
    const Finding others = judged(taken);
    CHECK(others.grade == Grade::problem);
    CHECK(others.seen == "listen.udp UDP 192.0.2.1:3478 is taken by named, process 17");
    CHECK(others.advice == "stop named, or choose another port in listen.udp");
    CHECK_FALSE(running_server({taken}));
    taken.is_ours = true;
    CHECK(judged(taken).grade == Grade::ok);
    CHECK(judged(taken).seen.find("process 17") != std::string::npos);
    CHECK(running_server({facts(0), taken})->process == 17);
}

TEST_CASE("a port whose holder cannot be seen asks for root") {
    const Finding finding = judged(facts(EADDRINUSE));
    CHECK(finding.grade == Grade::warning);
    CHECK(finding.advice.find("as root") != std::string::npos);
}

TEST_CASE("whatever else the system says comes with what to do") {
    CHECK(judged(facts(EADDRNOTAVAIL)).seen ==
          "listen.udp UDP 192.0.2.1:3478 is no address of this host, which has 192.0.2.5");
    CHECK(judged(facts(EACCES)).advice.find("CAP_NET_BIND_SERVICE") != std::string::npos);
    CHECK(judged(facts(EAFNOSUPPORT)).seen.find("IPv6") != std::string::npos);
    CHECK(judged(facts(ENOBUFS)).seen.find("cannot be bound") != std::string::npos);
    for (const int error : {EADDRNOTAVAIL, EACCES, EAFNOSUPPORT, ENOBUFS}) {
        CHECK(judged(facts(error)).grade == Grade::problem);
        CHECK_FALSE(judged(facts(error)).advice.empty());
    }
}

TEST_CASE("what is gathered tells free ports from taken ones, over UDP and TCP") {
    const auto socket = net::open_udp_listener(*Endpoint::parse("127.0.0.1:0"));
    REQUIRE(socket.has_value());
    const Endpoint at = net::bound_to(socket->get());
    config::Config config;
    config.listen.automatic = {at};
    config.listen.tls = {*Endpoint::parse("203.0.113.1:5349")};
    const auto gathered = gather_listeners(config);
    REQUIRE(gathered.size() == 3);
    CHECK(gathered[0].error == EADDRNOTAVAIL);
    CHECK(gathered[0].is_stream);
    CHECK(gathered[1].error == EADDRINUSE);
    CHECK(gathered[1].holder->process == ::getpid());
    CHECK(gathered[1].is_ours);
    CHECK(gathered[2].is_stream);
    CHECK(running_server(gathered)->process == ::getpid());
}

}  // namespace
}  // namespace turnpike::doctor
