// SPDX-License-Identifier: BSD-3-Clause
//
// Finding a session and forwarding a packet, relayed or dropped, take nothing from the heap: this
// file counts what the whole program takes.
#include <array>

#include "server/relay/forwarder.hpp"
#include "server/relay/route_table.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/counted_heap.hpp"
#include "tests/support/relay_scenario.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using test::endpoint;
using test::RelayScenario;

struct Party {
    Endpoint bound = endpoint("198.51.100.1:1111");
    Endpoint permitted = endpoint("198.51.100.1:2222");
    Endpoint stranger = endpoint("198.51.100.2:1111");
};

std::size_t relay_all(RouteTable& table, const Party& party, protocol::TimePoint now) {
    static std::array<std::byte, 2048> buffer;
    const protocol::Bytes payload = protocol::Bytes{buffer}.first(1200);
    const SessionSeed seed = RelayScenario::udp_client();
    std::size_t relayed = 0;
    for (int round = 0; round < 100; ++round) {
        Session& session = *table.find(seed.five_tuple);
        relayed += forward_channel(session, {0x4000, payload}, now).has_value() ? 1U : 0U;
        relayed += forward_channel(session, {0x4001, payload}, now).has_value() ? 1U : 0U;
        relayed += forward_send(session, party.permitted, payload, now).has_value() ? 1U : 0U;
        for (const Endpoint& peer : {party.bound, party.permitted, party.stranger}) {
            protocol::Packet packet{buffer, protocol::packet_headroom, payload.size()};
            Session& found = *table.find(*seed.relayed[0]);
            relayed += forward_to_client(found, peer, packet, now).has_value() ? 1U : 0U;
        }
    }
    return relayed;
}

TEST_CASE("a packet is found, judged and framed without the heap") {
    const protocol::TimePoint now{1h};
    RouteTable table;
    const Session& session = table.open(RelayScenario::udp_client(), now);
    const Party party;
    table.install(session.id(), party.bound, 0, now + 300s);
    table.install(session.id(), party.bound, 0x4000, now + 600s);
    const std::size_t before = test::heap_blocks_taken;
    const std::size_t relayed = relay_all(table, party, now);
    const std::size_t after = test::heap_blocks_taken;
    CHECK(relayed == 400);
    CHECK(after == before);
}

TEST_CASE("an allocation with one permission and one channel is one block of memory") {
    const protocol::TimePoint now{1h};
    RouteTable table;
    const Session& session = table.open(RelayScenario::udp_client(), now);
    const Party party;
    const std::size_t before = test::heap_blocks_taken;
    table.install(session.id(), party.bound, 0, now + 300s);
    table.install(session.id(), party.bound, 0x4000, now + 600s);
    const std::size_t after = test::heap_blocks_taken;
    CHECK(after == before);
}

}  // namespace
}  // namespace turnpike::relay
