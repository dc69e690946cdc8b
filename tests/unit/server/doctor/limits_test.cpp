// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/limits.hpp"

#include <unistd.h>

#include <limits>

#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

LimitFacts healthy() {
    return {.descriptors = 100'000,
            .relay_ports = 16'384,
            .connections = 10'000,
            .receive_octets = 4096,
            .send_octets = 4096,
            .wanted_octets = 4096};
}

TEST_CASE("enough descriptors and buffers are well") {
    const auto findings = judge_limits(healthy());
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].grade == Grade::ok);
    CHECK(findings[1] == well("socket buffers", "4096 bytes each way, as listeners ask for"));
}

TEST_CASE("fewer descriptors than ports and connections is a warning with the number to set") {
    LimitFacts facts = healthy();
    facts.descriptors = 1024;
    const Finding finding = judge_limits(facts)[0];
    CHECK(finding.grade == Grade::warning);
    CHECK(finding.seen ==
          "a process may open 1024 descriptors; 16384 relay ports and 10000 TCP "
          "connections are 26512");
    CHECK(finding.advice.starts_with("LimitNOFILE=26512"));
    facts.server = 17;
    CHECK(judge_limits(facts)[0].seen.starts_with("the server that runs here, process 17"));
}

TEST_CASE("small buffers either way are a warning with the commands to run") {
    for (const auto member : {&LimitFacts::receive_octets, &LimitFacts::send_octets}) {
        LimitFacts facts = healthy();
        facts.*member = 1024;
        const Finding finding = judge_limits(facts)[1];
        CHECK(finding.grade == Grade::warning);
        CHECK(finding.advice.find("net.core.rmem_max=4096 net.core.wmem_max=4096") !=
              std::string::npos);
    }
}

TEST_CASE("the kernel's table of limits is read") {
    constexpr std::string_view table =
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max open files            1024                 524288               files     \n"
        "Max locked memory         8388608              8388608              bytes     \n";
    CHECK(parse_descriptor_limit(table) == 524288);
    CHECK(parse_descriptor_limit("Max open files  1024  unlimited  files\n") ==
          std::numeric_limits<std::uint64_t>::max());
    CHECK(parse_descriptor_limit("Max open files\n") == std::nullopt);
    CHECK(parse_descriptor_limit("Max open files 1 x files") == std::nullopt);
    CHECK(parse_descriptor_limit("") == std::nullopt);
}

TEST_CASE("what is gathered is of this process, or of the server that runs") {
    config::Config config;
    config.relay.ports = {50000, 50099};
    config.limits.tcp_connections = 7;
    const LimitFacts mine = gather_limits(config, std::nullopt);
    CHECK(mine.descriptors > 0);
    CHECK(mine.relay_ports == 100);
    CHECK(mine.connections == 7);
    CHECK(mine.receive_octets > 0);
    CHECK(mine.wanted_octets == net::listener_buffer_bytes);
    const LimitFacts theirs = gather_limits(config, PortHolder{::getpid(), "turnpike"});
    CHECK(theirs.server == ::getpid());
    CHECK(theirs.descriptors == mine.descriptors);
}

}  // namespace
}  // namespace turnpike::doctor
