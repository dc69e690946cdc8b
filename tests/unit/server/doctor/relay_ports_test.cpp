// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/relay_ports.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

constexpr config::PortRange ports{50000, 50999};

TEST_CASE("relay ports that the kernel gives to nobody else are well") {
    const auto apart =
        judge_relay_ports(ports, {.ephemeral_ports = config::PortRange{32768, 49999}});
    REQUIRE(apart.size() == 1);
    CHECK(apart[0].grade == Grade::ok);
    CHECK(apart[0].seen.starts_with("1000 ports, 50000 to 50999"));
    CHECK(judge_relay_ports(ports, {})[0].grade == Grade::ok);
}

TEST_CASE("an overlap with the kernel's own range is counted, and what to do is said") {
    const auto shared =
        judge_relay_ports(ports, {.ephemeral_ports = config::PortRange{32768, 50099}});
    REQUIRE(shared.size() == 1);
    CHECK(shared[0].grade == Grade::warning);
    CHECK(shared[0].seen.ends_with("the kernel gives 100 of them to other programs too"));
    CHECK(shared[0].advice.find("ip_local_reserved_ports=50000-50999") != std::string::npos);
}

TEST_CASE("ports that are reserved do not count, in however many pieces") {
    const config::Surroundings whole{.ephemeral_ports = config::PortRange{32768, 60999},
                                     .reserved_ports = {{50000, 50400}, {50401, 50999}}};
    CHECK(judge_relay_ports(ports, whole)[0].grade == Grade::ok);
    const config::Surroundings part{.ephemeral_ports = config::PortRange{32768, 60999},
                                    .reserved_ports = {{50000, 50998}}};
    const auto shared = judge_relay_ports(ports, part);
    CHECK(shared[0].grade == Grade::warning);
    CHECK(shared[0].seen.find("gives 1 of them") != std::string::npos);
}

TEST_CASE("the last port there is is a port like others") {
    const auto all =
        judge_relay_ports({65535, 65535}, {.ephemeral_ports = config::PortRange{1024, 65535}});
    CHECK(all[0].seen ==
          "1 ports, 65535 to 65535; the kernel gives 1 of them to other programs too");
}

}  // namespace
}  // namespace turnpike::doctor
