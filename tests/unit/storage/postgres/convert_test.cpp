// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/convert.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage::postgres {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a time is written and read back to the microsecond") {
    const Time time{std::chrono::sys_days{std::chrono::year{2026} / 11 / 3} + 4h + 5min + 6s + 7us};
    CHECK(format_time(time) == "2026-11-03 04:05:06.000007+00");
    CHECK(parse_time(format_time(time)) == time);
    CHECK(parse_time("2026-11-03 04:05:06+00") == time - 7us);
    CHECK(parse_time("2026-11-03 04:05:06.5+00") == time - 7us + 500ms);
    CHECK(parse_time(format_time(Time{-1us})) == Time{-1us});
}

TEST_CASE("what is no time of ours is none") {
    for (const char* text :
         {"", "infinity", "-infinity", "2026-11-03", "2026-13-03 04:05:06+00",
          "2026-02-30 04:05:06+00", "2026-11-03 04:05:06+01", "10000-01-01 00:00:00+00",
          "0044-03-15 12:00:00+00 BC", "2026-11-03 04:05:06.x+00", "2026-11-03 -4:05:06+00"}) {
        INFO(text);
        CHECK(parse_time(text) == std::nullopt);
    }
}

TEST_CASE("columns become values by their type") {
    CHECK(to_value(16, "t") == Value{true});
    CHECK(to_value(16, "f") == Value{false});
    CHECK(to_value(17, "\\x00ff41") == Value{Blob{std::string("\0\xFF"
                                                              "A",
                                                              3)}});
    CHECK(to_value(20, "-9223372036854775808") == Value{std::int64_t{INT64_MIN}});
    CHECK(to_value(23, "7") == Value{std::int64_t{7}});
    CHECK(to_value(701, "1.5") == Value{1.5});
    CHECK(to_value(1700, "123456789012") == Value{std::int64_t{123456789012}});
    CHECK(to_value(1700, "1.25") == Value{1.25});
    CHECK(to_value(1184, "1970-01-01 00:00:01+00") == Value{Time{1s}});
    CHECK(to_value(1184, "infinity") == Value{Null{}});
    CHECK(to_value(25, "text") == Value{std::string{"text"}});
}

TEST_CASE("values become parameters") {
    CHECK(to_parameter(Null{}) == std::nullopt);
    CHECK(to_parameter(true) == "t");
    CHECK(to_parameter(std::int64_t{-5}) == "-5");
    CHECK(to_parameter(0.5) == "0.5");
    CHECK(to_parameter(std::string{"a'b"}) == "a'b");
    CHECK(to_parameter(Blob{std::string("\0\xAB", 2)}) == "\\x00ab");
    CHECK(to_parameter(Time{1s}) == "1970-01-01 00:00:01.000000+00");
}

TEST_CASE("a notice names what has changed") {
    CHECK(parse_change("call\nexample.org\nc-1") == Change{"call", "example.org", "c-1"});
    CHECK(parse_change("account\nr\na\nb") == Change{"account", "r", "a\nb"});
    CHECK(parse_change("secret\nr\n") == Change{"secret", "r", ""});
    CHECK(parse_change("secret\nr") == std::nullopt);
    CHECK(parse_change("") == std::nullopt);
}

}  // namespace
}  // namespace turnpike::storage::postgres
