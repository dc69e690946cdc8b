// SPDX-License-Identifier: BSD-3-Clause
#include "storage/sqlite/migrate.hpp"

#include "storage/schema.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::storage::sqlite {
namespace {

TEST_CASE("a new file gets its tables by itself, an older one waits for `turnpike migrate`") {
    const test::Folder folder;
    auto file = File::open({.path = (folder.path() / "a.db").string()});
    REQUIRE(file);
    CHECK(make_or_check(*file));
    CHECK(make_or_check(*file));
    REQUIRE(file->script("UPDATE schema_version SET version = 1000"));
    CHECK(make_or_check(*file).error().kind == Failure::Kind::schema);
    REQUIRE(file->script("UPDATE schema_version SET version = -1"));
    const auto old = make_or_check(*file);
    REQUIRE_FALSE(old);
    CHECK(old.error().what.find("turnpike migrate") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::storage::sqlite
