// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/utf8.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

TEST_CASE("UTF-8 is told from other octets") {
    for (const std::string_view good :
         {"", "plain", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x93\x9E"}) {
        INFO(good);
        CHECK(is_utf8(good));
    }
    for (const std::string_view bad :
         {"\x9F", "\xC3", "a\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF0\x9F\x93"}) {
        INFO(bad);
        CHECK_FALSE(is_utf8(bad));
    }
}

TEST_CASE("text is cut between two characters") {
    CHECK(beginning_of("plain", 5) == "plain");
    CHECK(beginning_of("plain", 3) == "pla");
    CHECK(beginning_of("a\xC3\xA4", 2) == "a");
    CHECK(beginning_of("a\xC3\xA4z", 3) == "a\xC3\xA4");
    CHECK(beginning_of("\xF0\x9F\x93\x9E", 3).empty());
}

}  // namespace
}  // namespace turnpike::telemetry
