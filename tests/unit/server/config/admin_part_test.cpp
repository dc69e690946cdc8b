// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/admin_part.hpp"

#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

std::string token_of(std::string_view text) {
    const auto found = find_admin_part(text);
    return found ? (*found)["token"].value_or(std::string{"no token"}) : "no part";
}

TEST_CASE("the part is found wherever the mistake is beside it") {
    CHECK(token_of("[admin]\ntoken = 'x'\n") == "x");
    CHECK(token_of("realm = \n[listen]\nudp = []\n[admin]  # here\ntoken = 'x'\n") == "x");
    CHECK(token_of("[admin]\ntoken = 'x'\n  [listen\nudp = [\n") == "x");
    CHECK(token_of("admin.token = 'x'\n[users]\nalice = \n") == "x");
    CHECK(token_of("[users]\nalice = ''' \n[admin]\ntoken = 'x'\n") == "x");
}

TEST_CASE("where there is none, or the mistake is in it, nothing is found") {
    CHECK(token_of("") == "no part");
    CHECK(token_of("realm = \n") == "no part");
    CHECK(token_of("admin = 7\n[listen\n") == "no part");
    CHECK(token_of("# [admin]\n# token = 'x'\n[listen\n") == "no part");
    CHECK(token_of("[listen\n[admin]\ntoken = x\n") == "no part");
}

TEST_CASE("lines are counted from the top of the text") {
    const auto found = find_admin_part("realm = \n\n[users]\n[admin]\nlisten = ''\ntoken = 'x'\n");
    REQUIRE(found);
    CHECK(found->get("token")->source().begin.line == 6);
}

}  // namespace
}  // namespace turnpike::config
