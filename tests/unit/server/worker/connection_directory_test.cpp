// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/connection_directory.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

TEST_CASE("a connection is found at its worker until its name is given back", "[J10][J15]") {
    ConnectionDirectory directory;
    const auto one = directory.take(3);
    const auto two = directory.take(0);
    CHECK(one != two);
    CHECK(directory.owner(one) == WorkerIndex{3});
    CHECK(directory.owner(two) == WorkerIndex{0});
    directory.give_back(one);
    CHECK_FALSE(directory.owner(one));
    CHECK(directory.owner(two) == WorkerIndex{0});
    CHECK(directory.size() == 1);
}

TEST_CASE("names of connections follow no order and do not repeat", "[J10][threats]") {
    ConnectionDirectory directory;
    std::set<protocol::ConnectionId> names;
    int upwards = 0;
    auto last = directory.take(0);
    names.insert(last);
    for (int count = 1; count < 1000; ++count) {
        const auto next = directory.take(0);
        upwards += next > last ? 1 : 0;
        last = next;
        names.insert(next);
    }
    CHECK(names.size() == 1000);
    CHECK(upwards > 300);
    CHECK(upwards < 700);
}

}  // namespace
}  // namespace turnpike::worker
