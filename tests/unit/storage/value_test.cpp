// SPDX-License-Identifier: BSD-3-Clause
#include "storage/value.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a column reads as what it is, and as none where it is not") {
    const Row row{
        {Null{}, true, std::int64_t{7}, 1.5, std::string{"text"}, Blob{"octets"}, Time{2s}}};
    CHECK(row.boolean(1) == true);
    CHECK(row.boolean(2) == true);
    CHECK(row.integer(2) == 7);
    CHECK(row.integer(3) == 1);
    CHECK(row.text(4) == "text");
    CHECK(row.octets(5) == "octets");
    CHECK(row.time(6) == Time{2s});
    for (const std::size_t column : {0U, 7U, 1000U}) {
        CHECK(row.boolean(column) == std::nullopt);
        CHECK(row.integer(column) == std::nullopt);
        CHECK(row.text(column) == std::nullopt);
        CHECK(row.octets(column) == std::nullopt);
        CHECK(row.time(column) == std::nullopt);
    }
    CHECK(row.text(2) == std::nullopt);
    CHECK(row.octets(4) == std::nullopt);
    CHECK(row.time(4) == std::nullopt);
}

TEST_CASE("seconds since 1970 are a time") {
    const Row row{{std::int64_t{10}, 10.25, 1e300, std::int64_t{1} << 62, -0.0 / 0.0}};
    CHECK(row.time(0) == Time{10s});
    CHECK(row.time(1) == Time{10s + 250ms});
    CHECK(row.time(2) == std::nullopt);
    CHECK(row.time(3) == std::nullopt);
    CHECK(row.time(4) == std::nullopt);
    CHECK(row.integer(2) == std::nullopt);
}

TEST_CASE("what is not there is null") {
    CHECK(value_or_null(std::optional<std::string>{}) == Value{Null{}});
    CHECK(value_or_null(std::optional{std::string{"a"}}) == Value{std::string{"a"}});
}

}  // namespace
}  // namespace turnpike::storage
