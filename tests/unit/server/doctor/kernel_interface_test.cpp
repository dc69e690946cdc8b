// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/kernel_interface.hpp"

#include <algorithm>

#include "server/xdp/attachment.hpp"
#include "tests/support/kernel_relay.hpp"
#include "tests/support/peer_network.hpp"

namespace turnpike::doctor {
namespace {

using test::must;
using test::OwnNetwork;
using xdp::DeviceFeatures;
using xdp::EntryPoint;

constexpr DeviceFeatures native{.basic = true, .redirect = true};

// A card that takes XDP, under Linux 6.12.
InterfaceFacts card() {
    return {.link = {.index = 2, .name = "eth0", .is_up = true, .mtu = 1500},
            .device = {.driver = "virtio_net",
                       .queues = Queues{.receive = 2, .send = 2, .combined = 2, .combined_max = 8}},
            .features = native};
}

InterfaceFacts cable() {
    return {.link = {.index = 3, .name = "veth0", .kind = "veth", .is_up = true, .mtu = 1500},
            .device = {.driver = "veth"},
            .features = DeviceFeatures{.basic = true, .redirect = true, .sends = true}};
}

Circumstances today(std::optional<EntryPoint> wanted = std::nullopt) {
    return {.wanted = wanted, .kernel = {6, 12}, .has_tcx = true, .cpus = 4};
}

Circumstances debian_12(std::optional<EntryPoint> wanted = std::nullopt) {
    return {.wanted = wanted, .kernel = {6, 1}, .has_tcx = false, .cpus = 4};
}

TEST_CASE("a card that takes XDP gets it, unless tc is wanted") {
    CHECK(foretell(card(), today()) == Forecast{.entry = EntryPoint::xdp});
    CHECK(foretell(card(), today(EntryPoint::xdp)) == Forecast{.entry = EntryPoint::xdp});
    CHECK(foretell(card(), today(EntryPoint::tc)) == Forecast{.entry = EntryPoint::tc});
    CHECK(foretell(card(), debian_12()) == Forecast{.entry = EntryPoint::xdp});
}

TEST_CASE("a virtual cable gets tc by itself, and XDP where it is wanted") {
    const Forecast forecast = foretell(cable(), today());
    CHECK(forecast.entry == EntryPoint::tc);
    CHECK(forecast.reason.find("other end") != std::string::npos);
    CHECK(forecast.advice.empty());
    CHECK(foretell(cable(), today(EntryPoint::xdp)) == Forecast{.entry = EntryPoint::xdp});
}

TEST_CASE("what is in the way of XDP leaves tc, and before Linux 6.6 sockets") {
    struct Row {
        const char* reason;
        void (*change)(InterfaceFacts&);
        bool has_advice;
    };
    const Row row = GENERATE(
        Row{"another XDP program is on it (program 9, firewall)",
            [](InterfaceFacts& facts) {
                facts.xdp = xdp::PresentProgram{.id = 9, .name = "firewall"};
            },
            false},
        Row{"another XDP program is on it (program 9)",
            [](InterfaceFacts& facts) { facts.xdp = xdp::PresentProgram{.id = 9}; }, false},
        Row{"XDP of another Turnpike is on it",
            [](InterfaceFacts& facts) {
                facts.xdp = xdp::PresentProgram{.id = 9, .name = "relay_xdp"};
            },
            false},
        Row{"e1000e has no native XDP",
            [](InterfaceFacts& facts) {
                facts.device.driver = "e1000e";
                facts.features = DeviceFeatures{};
            },
            false},
        Row{"bridge has no native XDP",
            [](InterfaceFacts& facts) {
                facts.device.driver.clear();
                facts.link.kind = "bridge";
                facts.features = DeviceFeatures{};
            },
            false},
        Row{"whether e1000e has native XDP is seen only",
            [](InterfaceFacts& facts) {
                facts.device.driver = "e1000e";
                facts.features.reset();
            },
            false},
        Row{"its MTU is 9000", [](InterfaceFacts& facts) { facts.link.mtu = 9000; }, true},
        Row{"its host merges packets",
            [](InterfaceFacts& facts) { facts.device.hardware_gro = Offload::fixed_on; }, true});
    INFO(row.reason);
    InterfaceFacts facts = card();
    row.change(facts);

    const Forecast best = foretell(facts, today());
    CHECK(best.entry == EntryPoint::tc);
    CHECK(best.reason.find(row.reason) == 0);
    CHECK(best.advice.empty() != row.has_advice);
    const Finding told = judge_interface(facts, today())[0];
    CHECK(told.grade == (row.has_advice ? Grade::warning : Grade::ok));
    CHECK(told.seen.find(std::string{"eth0: by tc, because "} + row.reason) == 0);

    const Forecast old = foretell(facts, debian_12());
    CHECK(old.entry == std::nullopt);
    CHECK(old.reason.find("tc needs Linux 6.6") != std::string::npos);
    CHECK(judge_interface(facts, debian_12())[0].grade == Grade::warning);

    const Forecast alone = foretell(facts, today(EntryPoint::xdp));
    CHECK(alone.entry == std::nullopt);
    CHECK(alone.advice.find("relay.acceleration = \"auto\"") != std::string::npos);
    CHECK(judge_interface(facts, today(EntryPoint::xdp))[0].seen.find("eth0: by sockets") == 0);
}

TEST_CASE("where the kernel does not say what a driver can, known ones are believed in") {
    InterfaceFacts facts = card();
    facts.features.reset();
    CHECK(foretell(facts, debian_12()).entry == EntryPoint::xdp);
}

TEST_CASE("before Linux 5.9, or with tc before 6.6, sockets are all there is") {
    Circumstances old = debian_12();
    old.kernel = {5, 4};
    CHECK(foretell(card(), old).entry == std::nullopt);
    CHECK(foretell(card(), old).reason == "XDP needs Linux 5.9; tc needs Linux 6.6");
    CHECK(foretell(card(), debian_12(EntryPoint::tc)).reason == "tc needs Linux 6.6");
    CHECK(foretell(cable(), debian_12()).entry == std::nullopt);
}

TEST_CASE("the running server's own program is not in its way, and is said to be at work") {
    Circumstances served = today();
    served.is_served = true;
    InterfaceFacts facts = card();
    CHECK_FALSE(is_at_work(facts));
    facts.xdp = xdp::PresentProgram{.id = 9, .name = "relay_xdp"};
    CHECK(is_at_work(facts));
    CHECK(judge_interface(facts, served)[0].seen.find(
              "eth0: by XDP, at work now (program 9, relay_xdp); virtio_net, MTU 1500 (XDP up to "
              "3506, it is believed), 2 of 8 queues for 4 CPUs, XDP features: basic redirect") ==
          0);
    facts = cable();
    facts.tcx = {{.id = 8, .name = "other"}, {.id = 9, .name = "relay_tc"}};
    CHECK(is_at_work(facts));
    CHECK(judge_interface(facts, served)[0].seen.find(
              "veth0: by tc, at work now (program 9, relay_tc), because") == 0);
    // Whose it is where none is asked about is another question.
    CHECK(judge_interface(facts, today())[0].seen.find("veth0: by tc, because") == 0);
}

TEST_CASE("what slows XDP down is a second finding") {
    InterfaceFacts facts = card();
    facts.device.queues = Queues{.receive = 1, .send = 1, .combined = 1, .combined_max = 1};
    const auto findings = judge_interface(facts, today());
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].grade == Grade::ok);
    CHECK(findings[1].grade == Grade::warning);
    CHECK(judge_interface(facts, today(EntryPoint::tc)).size() == 1);
}

TEST_CASE("a cable whose other end takes no frames from XDP loses them") {
    InterfaceFacts facts = cable();
    facts.features->sends = false;
    const auto findings = judge_interface(facts, today(EntryPoint::xdp));
    REQUIRE(findings.size() == 2);
    CHECK(findings[1].seen.find("veth0: its other end takes no frames from XDP") == 0);
    CHECK(judge_interface(facts, today()).size() == 1);
}

TEST_CASE("what is gathered of an interface is the kernel's and the driver's") {
    const OwnNetwork network;
    OwnNetwork::command("ip link add bridge type bridge && ip link set near master bridge");
    const auto attached = must(xdp::Attachment::make(test::LoadedRelay::instance().program,
                                                     ::if_nametoindex("near"), EntryPoint::xdp));
    const auto all = must(xdp::all_interfaces());
    const auto near =
        std::ranges::find(all, "near", [](const xdp::Interface& each) { return each.link.name; });
    const InterfaceFacts facts = gather_interface(near->link, all);
    CHECK(facts.device.driver == "veth");
    CHECK(facts.master == "bridge");
    CHECK(is_at_work(facts));
    REQUIRE(facts.xdp);
    CHECK(facts.xdp->name == "relay_xdp");
}

TEST_CASE("what is believed of a virtual cable's MTU is what this kernel does") {
    const OwnNetwork network;
    const auto attach = [] {
        return xdp::Attachment::make(test::LoadedRelay::instance().program,
                                     ::if_nametoindex("near"), EntryPoint::xdp);
    };
    OwnNetwork::command("ip link set far mtu 3507");
    CHECK_FALSE(attach().has_value());
    OwnNetwork::command("ip link set far mtu 3506");
    CHECK(attach().has_value());
}

}  // namespace
}  // namespace turnpike::doctor
