// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/network_device.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::doctor {
namespace {

using test::OwnNetwork;

TEST_CASE("a driver says its name and its queues") {
    const OwnNetwork network;
    OwnNetwork::command(
        "ip link add wide numrxqueues 3 numtxqueues 2 type veth peer name narrow numrxqueues 2");
    const NetworkDevice device = gather_device("wide");
    CHECK(device.driver == "veth");
    CHECK(device.lro == Offload::off);
    CHECK(device.hardware_gro == Offload::off);
    // Before Linux 5.13 a virtual cable does not count its queues.
    const Queues queues = device.queues.value_or(Queues{.receive = 3, .send = 2});
    CHECK(queues.receive == 3);
    CHECK(queues.send == 2);
    CHECK(queues.combined == 0);
}

TEST_CASE("what is not there, or has no driver's words, says nothing") {
    const OwnNetwork network;
    CHECK(gather_device("nothing") == NetworkDevice{});
    CHECK(gather_device("a name that is longer than any interface has") == NetworkDevice{});
    CHECK_FALSE(gather_device("lo").queues);
}

TEST_CASE("queues are told as pairs where they are pairs") {
    CHECK(to_string(Queues{.receive = 2, .send = 2, .combined = 2, .combined_max = 4}) ==
          "2 of 4 queues");
    CHECK(to_string(Queues{.receive = 1, .send = 1, .combined = 1, .combined_max = 1}) ==
          "1 queue");
    CHECK(to_string(Queues{.receive = 3, .send = 3, .combined = 3, .combined_max = 3}) ==
          "3 queues");
    CHECK(to_string(Queues{.receive = 1, .send = 2}) == "1 rx and 2 tx queues");
    CHECK(to_string(Queues{.receive = 5, .send = 4, .combined = 4, .combined_max = 8}) ==
          "5 rx and 4 tx queues");
}

}  // namespace
}  // namespace turnpike::doctor
