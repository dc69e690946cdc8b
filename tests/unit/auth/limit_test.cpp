// SPDX-License-Identifier: BSD-3-Clause
#include "auth/limit.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::auth {
namespace {

TEST_CASE("every limit has a name and a phrase of its own") {
    std::set<std::string_view> texts;
    for (const LimitRow& row : limit_table) {
        CHECK(texts.insert(row.name).second);
        CHECK(texts.insert(row.phrase).second);
        CHECK(&row_of(row.limit) == &row);
    }
}

}  // namespace
}  // namespace turnpike::auth
