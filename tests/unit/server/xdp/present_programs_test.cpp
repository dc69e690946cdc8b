// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/present_programs.hpp"

#include "server/xdp/attachment.hpp"
#include "tests/support/kernel_relay.hpp"
#include "tests/support/peer_network.hpp"

namespace turnpike::xdp {
namespace {

using test::LoadedRelay;
using test::must;
using test::OwnNetwork;

const Program& program() {
    return LoadedRelay::instance().program;
}

TEST_CASE("the XDP program of an interface is found, with its name, and known for ours") {
    const OwnNetwork network;
    CHECK(must(present_xdp(network.near())) == std::nullopt);
    const auto attached = must(Attachment::make(program(), network.near(), EntryPoint::xdp));
    const auto found = must(present_xdp(network.near()));
    REQUIRE(found);
    CHECK(found->id != 0);
    CHECK(found->name == "relay_xdp");
    CHECK(is_relay(*found));
    CHECK(must(present_xdp(network.far())) == std::nullopt);
}

TEST_CASE("programs at tc's ingress are found, all of them") {
    const OwnNetwork network;
    CHECK(must(present_tcx(network.near())).empty());
    const auto attached = must(Attachment::make(program(), network.near(), EntryPoint::tc));
    const auto found = must(present_tcx(network.near()));
    REQUIRE(found.size() == 1);
    CHECK(found[0].name == "relay_tc");
    CHECK(is_relay(found[0]));
    CHECK_FALSE(is_relay({.id = 1, .name = "firewall"}));
    CHECK_FALSE(is_relay({.id = 1}));
}

TEST_CASE("an interface that is not there has no program") {
    const OwnNetwork network;
    CHECK(must(present_xdp(4'000'000)) == std::nullopt);
    CHECK_FALSE(present_tcx(4'000'000).has_value());
}

}  // namespace
}  // namespace turnpike::xdp
