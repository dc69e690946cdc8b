// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/live_accounts.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using accounts::Who;
using protocol::AllocationId;
using Ids = LiveAccounts::Ids;

TEST_CASE("a change finds the allocations that it is about, as long as they live") {
    const Who alice{false, "alice", ""};
    const Who bob{true, "bob", "c-1"};
    LiveAccounts live;
    live.insert(AllocationId{1}, alice, "c-1");
    live.insert(AllocationId{2}, alice, "c-1");
    live.insert(AllocationId{3}, bob, "c-1");
    live.insert(AllocationId{4}, alice, "");
    CHECK(live.of(alice) == Ids{AllocationId{1}, AllocationId{2}, AllocationId{4}});
    CHECK(live.of_call("c-1") == Ids{AllocationId{1}, AllocationId{2}, AllocationId{3}});
    CHECK(live.in_call("c-1") == std::vector<Who>{alice, bob});
    CHECK(live.all().size() == 2);
    CHECK(live.has(AllocationId{3}));
    live.erase(AllocationId{1});
    live.erase(AllocationId{3});
    live.erase(AllocationId{99});
    CHECK(live.of_call("c-1") == Ids{AllocationId{2}});
    CHECK_FALSE(live.has(bob));
    CHECK_FALSE(live.has(AllocationId{3}));
    CHECK(live.size() == 2);
    live.erase(AllocationId{2});
    live.erase(AllocationId{4});
    CHECK(live.of_call("c-1").empty());
    CHECK(live.all().empty());
}

}  // namespace
}  // namespace turnpike::worker
