// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/spelling.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

TEST_CASE("the distance counts letters inserted, removed, replaced and swapped") {
    struct Row {
        std::string_view from, to;
        std::size_t distance;
    };
    const Row row =
        GENERATE(Row{"", "", 0}, Row{"", "abc", 3}, Row{"realm", "realm", 0},
                 Row{"relam", "realm", 1}, Row{"rlm", "realm", 2}, Row{"realmm", "realm", 1},
                 Row{"reals", "realm", 1}, Row{"kitten", "sitting", 3});
    CHECK(edit_distance(row.from, row.to) == row.distance);
    CHECK(edit_distance(row.to, row.from) == row.distance);
}

TEST_CASE("the nearest of several words is found, and none when all are far") {
    constexpr std::array<std::string_view, 3> levels{"debug", "info", "error"};
    CHECK(nearest("eror", levels) == "error");
    CHECK(nearest("inf", levels) == "info");
    CHECK(nearest("purple", levels) == std::nullopt);
    CHECK(nearest("x", {}) == std::nullopt);
}

TEST_CASE("a misspelt key leads to the right one, in the wrong section too") {
    CHECK(nearest_key("limits.allocation_per_user") == "limits.allocations_per_user");
    CHECK(nearest_key("listen.upd") == "listen.udp");
    CHECK(nearest_key("udp") == "listen.udp");
    CHECK(nearest_key("limits.nonce_seconds") == "auth.nonce_seconds");
    CHECK(nearest_key("relm") == "realm");
    CHECK(nearest_key("favourite.colour") == std::nullopt);
}

TEST_CASE("a suggestion is part of a sentence") {
    CHECK(suggestion("realm") == "; did you mean realm?");
    CHECK(suggestion(std::nullopt).empty());
}

}  // namespace
}  // namespace turnpike::config
