// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/connection_directory.hpp"

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

TEST_CASE("a connection is found at its worker for as long as it has its name", "[J10][J15]") {
    ConnectionDirectory directory;
    auto one = std::optional{directory.take(3)};
    const auto two = directory.take(0);
    const auto id = one->id();
    CHECK(id != two.id());
    CHECK(directory.owner(id) == WorkerIndex{3});
    CHECK(directory.owner(two.id()) == WorkerIndex{0});
    {
        const auto moved = *std::move(one);
        one.reset();
        CHECK(moved.id() == id);
        CHECK(directory.owner(id) == WorkerIndex{3});
    }
    CHECK_FALSE(directory.owner(id));
    CHECK(directory.owner(two.id()) == WorkerIndex{0});
    CHECK(directory.size() == 1);
}

TEST_CASE("names of connections follow no order and do not repeat", "[J10][threats]") {
    ConnectionDirectory directory;
    std::vector<ConnectionDirectory::Name> names;
    std::set<protocol::ConnectionId> ids;
    int upwards = 0;
    for (int count = 0; count < 1000; ++count) {
        names.push_back(directory.take(0));
        if (count > 0 && names.back().id() > names[names.size() - 2].id()) ++upwards;
        ids.insert(names.back().id());
    }
    CHECK(ids.size() == 1000);
    CHECK(directory.size() == 1000);
    CHECK(upwards > 300);
    CHECK(upwards < 700);
    names.clear();
    CHECK(directory.size() == 0);
}

}  // namespace
}  // namespace turnpike::worker
