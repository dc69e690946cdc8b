// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/holdings.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using protocol::AllocationId;

TEST_CASE("a holding keeps its place while others come and go") {
    Holdings holdings;
    Holding& first = holdings.insert({.id = AllocationId{1},
                                      .place = {},
                                      .link = {},
                                      .next_link = {},
                                      .relays = {},
                                      .username = "alice",
                                      .realm = {}});
    for (std::uint64_t number = 2; number < 100; ++number) {
        holdings.insert({.id = AllocationId{number},
                         .place = {},
                         .link = {},
                         .next_link = {},
                         .relays = {},
                         .username = {},
                         .realm = {}});
    }
    CHECK(holdings.find(AllocationId{1}) == &first);
    CHECK(first.username == "alice");
    holdings.erase(AllocationId{1});
    CHECK(holdings.find(AllocationId{1}) == nullptr);
    CHECK(holdings.size() == 98);
}

}  // namespace
}  // namespace turnpike::worker
