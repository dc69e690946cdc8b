// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/fields.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("fields are read by their types") {
    Fields fields{
        R"({"name": "anna", "count": 7, "on": true, "at": "2026-11-23T18:00:00Z", "none": null,
            "levels": {"turn": "debug"}})",
        {"name", "count", "on", "at", "none", "levels"}};
    CHECK(fields.required_text("name") == "anna");
    CHECK(fields.integer("count") == 7);
    CHECK(fields.boolean("on") == true);
    CHECK(fields.time("at").has_value());
    CHECK(fields.texts("levels").at("turn") == "debug");
    CHECK(fields.has("none"));
    CHECK(fields.text("none") == std::nullopt);
    CHECK(fields.text("other") == std::nullopt);
    CHECK_FALSE(fields.has("other"));
    CHECK(fields.ok());
}

TEST_CASE("an empty body has no fields, and that is no problem until one is needed") {
    Fields fields{" \r\n", {"name"}};
    CHECK(fields.ok());
    CHECK(fields.required_text("name").empty());
    CHECK_FALSE(fields.ok());
    CHECK(fields.problem().message == "field \"name\" is missing");
}

TEST_CASE("what is no object, or has other fields, is refused") {
    for (const char* const bad : {"[", "[]", "7", "\"x\"", "{\"a\":1}", "{\"name\":1}x", "{name:1}",
                                  "\xff", "{\"name\":\"\xff\"}"}) {
        INFO(bad);
        const Fields fields{bad, {"name"}};
        CHECK_FALSE(fields.ok());
        CHECK(fields.problem().status == 400);
    }
    CHECK_FALSE(Fields{std::string(60'000, '['), {"name"}}.ok());
}

TEST_CASE("the first mistake is the one that is told") {
    Fields fields{R"({"one": 1, "two": "x"})", {"one", "two"}};
    CHECK(fields.text("one") == std::nullopt);
    CHECK(fields.integer("two") == std::nullopt);
    CHECK(fields.problem().message == "\"one\" is no text that can stand here");
}

TEST_CASE("values out of their bounds are refused") {
    for (const char* const bad :
         {R"({"x": 0})", R"({"x": 11})", R"({"x": 1.5})", R"({"x": -1})", R"({"x": 1e300})",
          R"({"x": "1"})", R"({"x": true})", R"({"x": 18446744073709551615})"}) {
        INFO(bad);
        Fields fields{bad, {"x"}};
        CHECK(fields.integer("x", {.min = 1, .max = 10}) == std::nullopt);
        CHECK_FALSE(fields.ok());
    }
    for (const std::string& bad : {std::string{R"({"x": ""})"}, std::string{R"({"x": "a\u0000b"})"},
                                   std::string{R"({"x": "a\nb"})"}, std::string{R"({"x": []})"},
                                   R"({"x": ")" + std::string(513, 'a') + "\"}"}) {
        Fields fields{bad, {"x"}};
        CHECK(fields.text("x") == std::nullopt);
        CHECK_FALSE(fields.ok());
    }
    Fields times{R"({"x": "tomorrow"})", {"x"}};
    CHECK(times.time("x") == std::nullopt);
    CHECK_FALSE(times.ok());
    Fields flags{R"({"x": 1})", {"x"}};
    CHECK(flags.boolean("x") == std::nullopt);
    CHECK_FALSE(flags.ok());
}

}  // namespace
}  // namespace turnpike::admin
