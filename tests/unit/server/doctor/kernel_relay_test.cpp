// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/kernel_relay.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"
#include "tests/support/without_rights.hpp"

namespace turnpike::doctor {
namespace {

config::Config listening_on(std::string_view address) {
    config::Config config;
    config.listen.udp = {{protocol::IpAddress::parse(address).value(), 3478}};
    config.relay.kernel_channels = 64;
    return config;
}

constexpr std::uint64_t all_rights = ~std::uint64_t{};

KernelRelayFacts healthy() {
    KernelRelayFacts facts{.wanted = config::Acceleration::automatic,
                           .channels = 32'768,
                           .capacity = {.routes = 65'536, .sessions = 16'384, .pools = 16'385},
                           .around = {.kernel = {6, 12}, .has_tcx = true, .cpus = 2},
                           .rights = {.capabilities = all_rights, .kernel = {6, 12}},
                           .trial = Trial::taken,
                           .sees_programs = true};
    facts.interfaces.push_back({.link = {.index = 2, .name = "eth0", .is_up = true, .mtu = 1500},
                                .device = {.driver = "ixgbe"},
                                .features = xdp::DeviceFeatures{.basic = true, .redirect = true}});
    facts.interfaces.push_back(
        {.link = {.index = 3, .name = "veth0", .kind = "veth", .is_up = true, .mtu = 1500},
         .device = {.driver = "veth"}});
    return facts;
}

bool has_warning(const Findings& findings, std::string_view words) {
    return std::ranges::any_of(findings, [&](const Finding& each) {
        return each.grade == Grade::warning && each.seen.find(words) != std::string::npos &&
               !each.advice.empty();
    });
}

TEST_CASE("where all is well it is said what is chosen, what it takes, and nothing is warned of") {
    const auto findings = judge_kernel_relay(healthy());
    REQUIRE(findings.size() == 5);
    CHECK(std::ranges::count(findings, Grade::ok, &Finding::grade) == 5);
    CHECK(findings[0] ==
          well("kernel relay", "relay.acceleration is \"auto\": XDP on eth0, tc on veth0"));
    CHECK(findings[2] == well("kernel relay",
                              "the kernel takes the program, as was tried; room for 32768 channels "
                              "(relay.kernel_channels) takes 17.9 MB of memory"));
    CHECK(findings[3].seen.find("eth0: by XDP;") == 0);
    CHECK(findings[4].seen.find("veth0: by tc, because") == 0);
}

TEST_CASE("where it is off, or has no interface, that is all there is to say") {
    KernelRelayFacts facts;
    facts.wanted = config::Acceleration::off;
    CHECK(
        judge_kernel_relay(facts) ==
        Findings{well("kernel relay", "relay.acceleration is \"off\": sockets relay everything")});
    facts = healthy();
    facts.interfaces.clear();
    REQUIRE(judge_kernel_relay(facts).size() == 1);
    CHECK(judge_kernel_relay(facts)[0].grade == Grade::ok);
    facts.trouble = "relay.interfaces: eth7: No such device";
    REQUIRE(judge_kernel_relay(facts).size() == 1);
    CHECK(has_warning(judge_kernel_relay(facts), "relay.interfaces: eth7: No such device"));
}

TEST_CASE("without rights it is said what would be chosen with them, and who can have them") {
    KernelRelayFacts facts = healthy();
    facts.rights.capabilities = 0;
    facts.trial = Trial::untried;
    const auto findings = judge_kernel_relay(facts);
    CHECK(findings[0].seen ==
          "relay.acceleration is \"auto\": sockets relay, for want of rights; with them XDP on "
          "eth0, tc on veth0");
    CHECK(has_warning(findings, "lacks CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON"));
    CHECK(findings[2].seen.find("only root can try; room for 32768 channels "
                                "(relay.kernel_channels) would take") != std::string::npos);
    CHECK(std::ranges::count(findings, Grade::problem, &Finding::grade) == 0);
    facts.around.has_tcx = false;
    facts.interfaces.erase(facts.interfaces.begin());
    CHECK(judge_kernel_relay(facts)[0].seen.find("for want of rights; with them") ==
          std::string::npos);
}

TEST_CASE("a program that the kernel refuses is a warning with the kernel's last words") {
    KernelRelayFacts facts = healthy();
    facts.trial = Trial::refused;
    facts.last_words = "the kernel does not take the BPF program (R1 is void): Invalid argument";
    const auto findings = judge_kernel_relay(facts);
    CHECK(findings[0].seen.find("sockets relay") != std::string::npos);
    CHECK(has_warning(findings, "R1 is void"));
}

TEST_CASE("a server that runs and has nothing in the kernel is told of, where that can be seen") {
    KernelRelayFacts facts = healthy();
    facts.around.is_served = true;
    constexpr std::string_view words = "has nothing at work in the kernel";
    CHECK(has_warning(judge_kernel_relay(facts), words));
    facts.interfaces[1].tcx = {{.id = 7, .name = "relay_tc"}};
    CHECK_FALSE(has_warning(judge_kernel_relay(facts), words));
    facts = healthy();
    facts.around.is_served = true;
    facts.sees_programs = false;
    CHECK_FALSE(has_warning(judge_kernel_relay(facts), words));
    facts.sees_programs = true;
    facts.rights.capabilities = 0;  // that is said already
    CHECK_FALSE(has_warning(judge_kernel_relay(facts), words));
}

TEST_CASE("what is gathered for loopback is no interface, and for off not even that") {
    config::Config config = listening_on("127.0.0.1");
    CHECK(gather_kernel_relay(config, {}, std::nullopt).interfaces.empty());
    CHECK(gather_kernel_relay(config, {}, std::nullopt).capacity.routes == 128);
    config.relay.interfaces = {"no-such-card"};
    CHECK(gather_kernel_relay(config, {}, std::nullopt).trouble.find("no-such-card") !=
          std::string::npos);
    config.relay.acceleration = config::Acceleration::off;
    CHECK(gather_kernel_relay(config, {}, std::nullopt).trouble.empty());
}

TEST_CASE("who may load the program has it tried, and who may not does not") {
    const test::OwnNetwork network;
    test::OwnNetwork::command("ip address add 192.0.2.1/24 dev near");
    const config::Config config = listening_on("192.0.2.1");
    const KernelRelayFacts facts = gather_kernel_relay(config, {}, std::nullopt);
    REQUIRE(facts.interfaces.size() == 1);
    CHECK(facts.interfaces[0].link.name == "near");
    CHECK(facts.trial == Trial::taken);
    CHECK(facts.around.cpus >= 1);
    CHECK(facts.around.has_tcx == (facts.around.kernel >= has_tcx));
    const test::WithoutRights rights;
    const KernelRelayFacts modest = gather_kernel_relay(config, {}, std::nullopt);
    CHECK(modest.trial == Trial::untried);
    CHECK_FALSE(modest.rights.suffice());
}

}  // namespace
}  // namespace turnpike::doctor
