// SPDX-License-Identifier: BSD-3-Clause
//
// On a cable of the test's own, by a process that has the rights for it.
#include "server/worker/entry_points.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::worker {
namespace {

using config::Acceleration;

// A program, and two interfaces of which each is the other's far end.
struct Bench {
    Bench() {
        near.index = network.near();
        near.name = "near";
        near.kind = "veth";
        far = near;
        far.index = network.far();
        far.name = "far";
    }

    test::OwnNetwork network;
    xdp::Program program = *xdp::Program::load({.routes = 64, .sessions = 8, .pools = 8});
    telemetry::Log log{{}};
    EntryPoints entry_points{program, log};
    xdp::Link near;
    xdp::Link far;
};

TEST_CASE("it is where it is wanted, and nowhere else, at any time") {
    Bench b;
    CHECK(b.entry_points.is_empty());
    CHECK(b.entry_points.description() == "none");
    b.entry_points.adjust(std::array{b.near, b.far}, Acceleration::automatic);
    CHECK(b.entry_points.description() == "tc on near, tc on far");
    b.entry_points.adjust(std::array{b.near}, Acceleration::xdp);
    CHECK(b.entry_points.description() == "xdp on near");
    b.entry_points.adjust(std::array{b.near, b.far}, Acceleration::tc);
    CHECK(b.entry_points.description() == "tc on near, tc on far");
    b.entry_points.adjust(std::array{b.near, b.far}, Acceleration::off);
    CHECK(b.entry_points.is_empty());
    b.entry_points.adjust(std::array{b.far}, Acceleration::xdp);
    const auto metrics = b.entry_points.metrics();
    REQUIRE(metrics.size() == 1);
    CHECK(metrics.front().interface == "far");
    CHECK(metrics.front().mode == "xdp");
}

TEST_CASE("tc sends by any interface, XDP by those that have it, and nobody by none") {
    Bench b;
    CHECK_FALSE(b.entry_points.can_send_by(b.near.index));
    b.entry_points.adjust(std::array{b.near}, Acceleration::tc);
    CHECK(b.entry_points.can_send_by(b.near.index));
    CHECK(b.entry_points.can_send_by(b.far.index));
    b.entry_points.adjust(std::array{b.near}, Acceleration::xdp);
    CHECK(b.entry_points.can_send_by(b.near.index));
    CHECK_FALSE(b.entry_points.can_send_by(b.far.index));
}

TEST_CASE("where the other way cannot be had it stays as it is") {
    Bench b;
    b.entry_points.adjust(std::array{b.near}, Acceleration::tc);
    // Another program is there first.
    const auto other = xdp::Attachment::make(b.program, b.near.index, xdp::EntryPoint::xdp);
    REQUIRE(other.has_value());
    b.entry_points.adjust(std::array{b.near}, Acceleration::xdp);
    CHECK(b.entry_points.description() == "tc on near");
}

TEST_CASE("what an interface is left to decide stays when it has decided") {
    Bench b;
    b.near.kind.clear();  // as a network card
    b.entry_points.adjust(std::array{b.near}, Acceleration::automatic);
    CHECK(b.entry_points.description() == "xdp on near");
    b.entry_points.adjust(std::array{b.near}, Acceleration::automatic);
    CHECK(b.entry_points.description() == "xdp on near");
    b.entry_points.adjust(std::array{b.near}, Acceleration::tc);
    b.entry_points.adjust(std::array{b.near}, Acceleration::automatic);
    CHECK(b.entry_points.description() == "xdp on near");
}

}  // namespace
}  // namespace turnpike::worker
