// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/setting.hpp"

#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::coturn {
namespace {

Setting only(std::string_view line) {
    const Lines lines = read_lines(line);
    REQUIRE(lines.settings.size() == 1);
    return lines.settings.front();
}

TEST_CASE("a name and its value are told apart as turnserver does") {
    struct Row {
        std::string_view line, name, value;
    };
    const Row row = GENERATE(
        Row{"realm=example.org", "realm", "example.org"},
        Row{"realm example.org", "realm", "example.org"},
        Row{"realm\texample.org", "realm", "example.org"},
        Row{"realm = example.org", "realm", "example.org"}, Row{"  no-udp  ", "no-udp", ""},
        Row{"no-udp=", "no-udp", ""}, Row{"realm==x", "realm", "x"},
        Row{"db=\"host=h dbname=d\"", "db", "host=h dbname=d"}, Row{"db=\"half", "db", "half"},
        Row{"db=\"", "db", ""}, Row{"user=a:b=c d", "user", "a:b=c d"},
        Row{"realm=example.org \r", "realm", "example.org"},
        Row{"min-port=1 # two", "min-port", "1 # two"}, Row{"=x", "", "x"});
    const Setting setting = only(row.line);
    CHECK(setting.name == row.name);
    CHECK(setting.value == row.value);
    CHECK(setting.dashes == 0);
}

TEST_CASE("dashes of a command line are counted and taken off") {
    CHECK(only("--realm=x").name == "realm");
    CHECK(only("--realm=x").dashes == 2);
    CHECK(only("-r x").name == "r");
    CHECK(only("-r x").value == "x");
    CHECK(only("-r x").dashes == 1);
    CHECK(only("-").name == "-");
    CHECK(only("---x").name == "-x");
}

TEST_CASE("comments and empty lines are counted, and every line keeps its number") {
    const Lines lines = read_lines("\xEF\xBB\xBF# one\n\n  # three\nno-udp\r\n\t\nno-tcp");
    CHECK(lines.others == 4);
    REQUIRE(lines.settings.size() == 2);
    CHECK(lines.settings[0].line == 4);
    CHECK(lines.settings[1].line == 6);
    CHECK(read_lines("").settings.empty());
    CHECK(read_lines("\n").others == 1);
}

TEST_CASE("a line that is no text is marked") {
    CHECK(only("user=d\xC3\xB6rte:x").is_readable);
    CHECK_FALSE(only("user=d\xF6rte:x").is_readable);
    CHECK_FALSE(only(std::string_view{"user=a\0b:x", 10}).is_readable);
}

TEST_CASE("UTF-8 is what RFC 3629 says") {
    const std::string_view good =
        GENERATE("", "plain", "\xC3\xB6", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD");
    CHECK(is_utf8(good));
    const std::string_view bad =
        GENERATE("\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                 "\xF8\x88\x80\x80\x80", "\xE2\x82", "a\xFF");
    CHECK_FALSE(is_utf8(bad));
}

}  // namespace
}  // namespace turnpike::coturn
