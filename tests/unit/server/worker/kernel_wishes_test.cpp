// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/kernel_wishes.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

TEST_CASE("one entry point is wanted, or whichever is good") {
    CHECK(wanted_entry(config::Acceleration::automatic) == std::nullopt);
    CHECK(wanted_entry(config::Acceleration::xdp) == xdp::EntryPoint::xdp);
    CHECK(wanted_entry(config::Acceleration::tc) == xdp::EntryPoint::tc);
}

TEST_CASE("a channel is two routes, and every second one has a session of its own") {
    const xdp::Capacity capacity = capacity_for(64);
    CHECK(capacity.routes == 128);
    CHECK(capacity.sessions == 32);
    CHECK(capacity.pools == 33);
}

TEST_CASE("what listens on UDP and what relays is where packets come in, by the inner addresses") {
    config::Listen listen;
    listen.udp = {*Endpoint::parse("192.0.2.1:3478")};
    listen.tcp = {*Endpoint::parse("192.0.2.9:3478")};
    const IpAddress inner = IpAddress::parse("10.0.0.1").value();
    const IpAddress shown = IpAddress::parse("198.51.100.1").value();
    CHECK(kernel_addresses(listen, {{.local = inner, .advertised = shown}}) ==
          std::vector{listen.udp[0].address, inner});
}

}  // namespace
}  // namespace turnpike::worker
