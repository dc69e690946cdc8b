// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/allocation_table.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

using protocol::Endpoint;
using protocol::FiveTuple;
using protocol::Transport;

FiveTuple tuple(const char* client, Transport transport = Transport::udp) {
    return {*Endpoint::parse(client), *Endpoint::parse("203.0.113.5:3478"), transport};
}

Allocation& insert(AllocationTable& table, std::uint64_t id, const FiveTuple& five_tuple) {
    AllocationSeed seed;
    seed.id = AllocationId{id};
    seed.relayed[0] = *Endpoint::parse("203.0.113.5:50000");
    Effects effects;
    return table.insert(Allocation{{seed, five_tuple}, Settings{}, protocol::TimePoint{}, effects});
}

TEST_CASE("an allocation is found by its five-tuple and by its id", "[D33][rfc8656-3.2]") {
    AllocationTable table;
    const Allocation& first = insert(table, 1, tuple("192.0.2.10:5000"));
    const Allocation& second = insert(table, 2, tuple("192.0.2.10:5000", Transport::tcp));
    CHECK(table.size() == 2);
    CHECK(table.find(tuple("192.0.2.10:5000")) == &first);
    CHECK(table.find(tuple("192.0.2.10:5000", Transport::tcp)) == &second);
    CHECK(table.find(AllocationId{2}) == &second);
    CHECK(table.find(tuple("192.0.2.10:5001")) == nullptr);
    CHECK(table.find(AllocationId{3}) == nullptr);
}

TEST_CASE("an erased allocation frees its five-tuple", "[D34]") {
    AllocationTable table;
    insert(table, 1, tuple("192.0.2.10:5000"));
    table.erase(AllocationId{1});
    table.erase(AllocationId{1});
    CHECK(table.size() == 0);
    CHECK(table.find(tuple("192.0.2.10:5000")) == nullptr);
    CHECK(table.ids().empty());
}

TEST_CASE("an allocation keeps its place while others come and go", "[D22]") {
    AllocationTable table;
    const Allocation* first = &insert(table, 1, tuple("192.0.2.10:5000"));
    for (std::uint64_t id = 2; id < 500; ++id) {
        FiveTuple other = tuple("192.0.2.11:5000");
        other.client.port = static_cast<std::uint16_t>(id);
        insert(table, id, other);
    }
    CHECK(table.find(AllocationId{1}) == first);
    CHECK(table.ids().size() == 499);
}

}  // namespace
}  // namespace turnpike::turn
