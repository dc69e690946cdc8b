// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/verdict.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::coturn {
namespace {

TEST_CASE("each outcome has a word of its own") {
    std::set<std::string_view> words;
    for (const Outcome each : {Outcome::maps, Outcome::changed, Outcome::no_equal, Outcome::unused,
                               Outcome::unknown, Outcome::wrong}) {
        CHECK_FALSE(to_string(each).empty());
        CHECK(words.insert(to_string(each)).second);
    }
}

}  // namespace
}  // namespace turnpike::coturn
