// SPDX-License-Identifier: BSD-3-Clause
#include "storage/failure.hpp"

#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

namespace turnpike::storage {
namespace {

TEST_CASE("every kind of failure has a name of its own") {
    std::set<std::string_view> names;
    for (int kind = 0; kind <= static_cast<int>(Failure::Kind::refused); ++kind) {
        const auto name = to_string(static_cast<Failure::Kind>(kind));
        CHECK_FALSE(name.empty());
        CHECK(names.insert(name).second);
    }
}

TEST_CASE("asking a failure for its value is a mistake that does not pass") {
    const Result<int> none = Failure{Failure::Kind::full, "no room"};
    CHECK_THROWS_WITH(none.value(), "no room");
}

}  // namespace
}  // namespace turnpike::storage
