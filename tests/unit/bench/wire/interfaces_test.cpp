// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/interfaces.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::wire {
namespace {

TEST_CASE("a new interface has dropped nothing, and one that is not there neither") {
    const test::OwnNetwork network;
    CHECK(drops_at(network.near()) == 0);
    CHECK(drops_at(12'345) == 0);
}

TEST_CASE("an interface is found by its address") {
    const test::OwnNetwork network;
    test::OwnNetwork::command("ip address add 192.0.2.1/24 dev near");
    test::OwnNetwork::command("ip -6 address add 2001:db8::1/64 dev far nodad");
    CHECK(interface_with(*protocol::IpAddress::parse("192.0.2.1")) == network.near());
    CHECK(interface_with(*protocol::IpAddress::parse("2001:db8::1")) == network.far());
    CHECK(interface_with(*protocol::IpAddress::parse("192.0.2.9")) == 0);
}

}  // namespace
}  // namespace turnpike::wire
