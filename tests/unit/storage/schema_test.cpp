// SPDX-License-Identifier: BSD-3-Clause
#include "storage/schema.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

TEST_CASE("scripts are numbered from 1 without a gap, alike for both databases") {
    REQUIRE(postgres_scripts().size() == sqlite_scripts().size());
    for (std::size_t index = 0; index < postgres_scripts().size(); ++index) {
        CHECK(postgres_scripts()[index].number == static_cast<int>(index) + 1);
        CHECK(sqlite_scripts()[index].number == static_cast<int>(index) + 1);
        CHECK(postgres_scripts()[index].name == sqlite_scripts()[index].name);
    }
    CHECK(schema_version() == static_cast<int>(postgres_scripts().size()));
}

TEST_CASE("it is said what to do about another schema") {
    CHECK(wrong_schema(1, 2).kind == Failure::Kind::schema);
    CHECK(wrong_schema(1, 2).what ==
          "the database is at schema version 1, this program needs 2: run `turnpike migrate`");
    CHECK(wrong_schema(3, 2).what.find("upgrade this one") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::storage
