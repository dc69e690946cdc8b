// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/own_relay.hpp"

#include "server/doctor/report.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a login is minted where there is a secret, and borrowed where there is a user") {
    const std::chrono::sys_seconds now{1'000'000'000s};
    config::Config config;
    CHECK_FALSE(login_for(config, "", now));
    config.users = {{"alice", "wonderland"}};
    CHECK(login_for(config, "", now)->username == "alice");
    CHECK(login_for(config, "of the database", now)->username == "1000000600:turnpike-doctor");
    const auto theirs = login_for(config, "of the database", now)->password;
    config.auth.secrets = {{.secret = "of the file", .expired = {}}};
    CHECK(login_for(config, "of the database", now)->password != theirs);
}

TEST_CASE("a way that works is told with its times, one that does not with step and cause") {
    client::CheckReport report{nullptr};
    report.begin("turn:a?transport=udp", "127.0.0.1:3478");
    report.passed("Binding", 1ms, "");
    report.passed("Allocate", 2ms, "");
    report.passed("relayed packet", 500us, "");
    report.begin("turn:a?transport=tcp", "127.0.0.1:3478");
    report.passed("connect", 1ms, "");
    report.failed("Allocate", {.code = 508, .text = "508 Insufficient Capacity"}, "no ports");
    CHECK(judge_ways(report) ==
          Findings{well("relay",
                        "turn:a?transport=udp at 127.0.0.1:3478, Allocate 2.00 ms, relayed "
                        "packet 0.50 ms"),
                   {.grade = Grade::problem,
                    .check = "relay",
                    .seen = "turn:a?transport=tcp at 127.0.0.1:3478: Allocate: 508 Insufficient "
                            "Capacity",
                    .advice = "no ports"}});
}

TEST_CASE("a server that runs is asked over every transport that it listens for") {
    const test::CertificateFolder folder;
    const auto [certificate, key] = folder.issue("own");
    config::Config config = test::loopback_config();
    config.listen.certificate = certificate;
    config.listen.private_key = key;
    config.listen.automatic = {{test::own_loopback(1), 0}};
    config.server.hostname = "turn.example.org";
    test::RunningServer server{config};
    const Doors doors{.udp = server->udp(), .tcp = server->tcp(), .automatic = server->automatic()};
    const Findings findings = examine_relay(doors, config, auth::Login{"alice", "wonderland"});
    CHECK(findings.size() == 6);
    INFO(json(findings));
    CHECK_FALSE(has_problem(findings));
    CHECK(server.count(telemetry::Counter::allocations_made) == 6);
    const Findings stranger = examine_relay(doors, config, auth::Login{"alice", "guess"});
    CHECK(stranger.front().grade == Grade::problem);
    CHECK(stranger.front().advice.find("wrong password") != std::string::npos);
}

TEST_CASE("without a login it is found out whether the server answers, and no more") {
    test::RunningServer server;
    const Findings findings =
        examine_relay({.udp = server->udp()}, test::loopback_config(), std::nullopt);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].grade == Grade::ok);
    CHECK(findings[1].grade == Grade::warning);
}

TEST_CASE("where no server runs one is started, asked and ended") {
    config::Config config = test::loopback_config();
    config.users.clear();  // only the database would know
    const Findings findings = examine_trial(config);
    REQUIRE(findings.size() == 3);
    INFO(json(findings));
    CHECK(findings[0].seen.starts_with("no server runs here"));
    CHECK_FALSE(has_problem(findings));
}

TEST_CASE("a server that cannot start is a problem in its own words") {
    config::Config config = test::loopback_config();
    config.listen.udp = {*protocol::Endpoint::parse("203.0.113.1:3478")};
    const Findings findings = examine_trial(config);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].grade == Grade::problem);
    CHECK(findings[0].seen.starts_with("cannot listen on UDP 203.0.113.1:3478"));
}

}  // namespace
}  // namespace turnpike::doctor
