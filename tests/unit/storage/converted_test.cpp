// SPDX-License-Identifier: BSD-3-Clause
#include "storage/converted.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/result.hpp"

namespace turnpike::storage {
namespace {

const Result<std::vector<Rows>> failed = Failure{Failure::Kind::full, "no room"};

TEST_CASE("a failure is handed on, and rows become what is asked for") {
    std::vector<Result<std::int64_t>> heard;
    const auto handler = converted<std::int64_t>(
        [&heard](Result<std::int64_t> result) { heard.push_back(std::move(result)); },
        [](const std::vector<Rows>& rows) { return first_integer(rows[0]); });
    handler(failed);
    handler(std::vector<Rows>{{Row{{std::int64_t{7}}}}});
    handler(std::vector<Rows>{{}});
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].error().kind == Failure::Kind::full);
    CHECK(heard[1].value() == 7);
    CHECK(heard[2].value() == 0);
}

TEST_CASE("whether something is done, and whether there was something to do it to") {
    std::vector<Result<void>> heard;
    const auto handler =
        done([&heard](Result<void> result) { heard.push_back(std::move(result)); });
    handler(failed);
    handler(std::vector<Rows>{});
    CHECK_FALSE(heard[0]);
    CHECK(heard[1]);
    std::vector<Result<bool>> found;
    const auto any =
        found_any([&found](Result<bool> result) { found.push_back(std::move(result)); });
    any(failed);
    any(std::vector<Rows>{{}});
    any(std::vector<Rows>{{Row{{}}}});
    CHECK_FALSE(found[0]);
    CHECK_FALSE(found[1].value());
    CHECK(found[2].value());
}

}  // namespace
}  // namespace turnpike::storage
