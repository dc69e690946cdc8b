// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/notice.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "tests/support/catch.hpp"

namespace turnpike::accounts {
namespace {

TEST_CASE("a user, and somebody of the same name in a time-limited username, are two") {
    boost::unordered_flat_map<Who, int> found;
    found[{false, "alice", ""}] = 1;
    found[{true, "alice", ""}] = 2;
    found[{true, "alice", "c-1"}] = 3;
    CHECK(found.size() == 3);
    CHECK(found.at({true, "alice", "c-1"}) == 3);
}

TEST_CASE("nobody is somebody without a row, but whoever a secret has proved is") {
    CHECK_FALSE(Record{}.is_somebody({false, "alice", ""}));
    CHECK(Record{}.is_somebody({true, "alice", ""}));
    CHECK(Record{.user = storage::User{}, .call = {}, .elsewhere = {}}.is_somebody(
        {false, "alice", ""}));
}

}  // namespace
}  // namespace turnpike::accounts
