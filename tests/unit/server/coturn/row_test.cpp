// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/row.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::coturn {
namespace {

TEST_CASE("an option is found by its name and by its letter") {
    REQUIRE(find_row("listening-port"));
    CHECK(find_row("listening-port")->letter == 'p');
    CHECK(find_row('p') == find_row("listening-port"));
    CHECK(find_row("Verbose") != find_row("verbose"));
    CHECK(find_row('v') == find_row("verbose"));
    CHECK(find_row("relm") == nullptr);
    CHECK(find_row("") == nullptr);
    CHECK(find_row('\0') == nullptr);
    CHECK(find_row('~') == nullptr);
}

TEST_CASE("a row without a file of its own says what it has to say, and no letter stands twice") {
    std::set<char> letters;
    for (const Row& each : rows()) {
        INFO(each.name);
        const bool is_fixed =
            each.area == Area::always || each.area == Area::no_equal || each.area == Area::nothing;
        CHECK(each.says.empty() != is_fixed);
        if (each.letter != '\0') CHECK(letters.insert(each.letter).second);
    }
}

TEST_CASE("the nearest option is proposed for a name that is misspelt") {
    CHECK(nearest_name("static-auth-secrt") == "static-auth-secret");
    CHECK(nearest_name("listning-port") == "listening-port");
    CHECK(nearest_name("no-tls;") == "no-tls");
    CHECK_FALSE(nearest_name("something-quite-different"));
    CHECK_FALSE(nearest_name("x"));
    CHECK_FALSE(nearest_name(std::string(70, 'x')));
}

TEST_CASE("yes and no are read as turnserver reads them") {
    for (const char* yes : {"", "1", "9", "yes", "Yes", "y", "true", "T", "on", "ON"}) {
        CHECK(read_flag(yes) == true);
    }
    for (const char* no : {"0", "no", "N", "false", "f", "off", "Off"}) {
        CHECK(read_flag(no) == false);
    }
    for (const char* neither : {"perhaps", "# x", "oN", "-"}) CHECK_FALSE(read_flag(neither));
}

}  // namespace
}  // namespace turnpike::coturn
