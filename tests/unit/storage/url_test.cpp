// SPDX-License-Identifier: BSD-3-Clause
#include "storage/url.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

TEST_CASE("a URL says which database") {
    CHECK(sqlite_path("sqlite:/var/lib/turnpike/turnpike.db") == "/var/lib/turnpike/turnpike.db");
    CHECK(sqlite_path("postgresql://host/db") == std::nullopt);
    CHECK(is_postgres("postgresql://host/db"));
    CHECK(is_postgres("postgres://host/db"));
    CHECK(is_postgres("host=/run/postgresql dbname=site"));
    CHECK_FALSE(is_postgres("mysql://host/db"));
}

}  // namespace
}  // namespace turnpike::storage
