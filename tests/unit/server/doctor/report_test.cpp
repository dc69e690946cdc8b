// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/report.hpp"

#include <sstream>

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

const Findings some{
    well("clock", "it is noon"),
    {.grade = Grade::warning, .check = "relay ports", .seen = "shared", .advice = "reserve them"},
    {.grade = Grade::problem, .check = "listeners", .seen = "taken by \"x\"", .advice = "stop it"},
    {.grade = Grade::problem, .check = "configuration", .seen = "no users"}};

TEST_CASE("each finding is a line, with what to do below it, and the end counts them") {
    std::ostringstream out;
    print(some, out);
    CHECK(out.str() ==
          "  ok    clock             it is noon\n"
          "  warn  relay ports       shared\n"
          "        what to do: reserve them\n"
          "  FAIL  listeners         taken by \"x\"\n"
          "        what to do: stop it\n"
          "  FAIL  configuration     no users\n"
          "\n2 problems, 1 warning\n");
}

TEST_CASE("a program reads the same as JSON") {
    CHECK(
        json(std::span{some}.first(3)) ==
        R"({"works":false,"findings":[{"check":"clock","grade":"ok","seen":"it is noon"},)"
        R"({"check":"relay ports","grade":"warning","seen":"shared","advice":"reserve them"},)"
        R"({"check":"listeners","grade":"problem","seen":"taken by \"x\"","advice":"stop it"}]})");
    CHECK(json({}) == R"({"works":true,"findings":[]})");
}

TEST_CASE("warnings do not keep anything from working") {
    CHECK_FALSE(has_problem(std::span{some}.first(2)));
    CHECK(has_problem(some));
    CHECK(to_string(Grade::ok) == "ok");
    CHECK(to_string(Grade::warning) == "warning");
    CHECK(to_string(Grade::problem) == "problem");
}

}  // namespace
}  // namespace turnpike::doctor
