// SPDX-License-Identifier: BSD-3-Clause
#include "client/check_report.hpp"

#include <sstream>

#include "tests/support/catch.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;

TEST_CASE("steps are printed as they happen, and a failure with its cause", "[client]") {
    std::ostringstream out;
    CheckReport report{&out};
    report.begin("turn:relay.example.org:3478?transport=udp", "192.0.2.1:3478");
    report.passed("Binding", 1500us, "the server sees me");
    CHECK(out.str().find("Binding") != std::string::npos);
    CHECK(out.str().find("1.50 ms") != std::string::npos);
    CHECK(report.all_work());
    CHECK_FALSE(report.failed("Allocate", {.text = "486"}, "too many"));
    CHECK(out.str().find("FAIL  Allocate") != std::string::npos);
    CHECK(out.str().find("likely cause: too many") != std::string::npos);
    CHECK_FALSE(report.all_work());
}

TEST_CASE("several ways end with a line each", "[client]") {
    std::ostringstream out;
    CheckReport report{&out};
    report.begin("turn:a", "192.0.2.1:1");
    report.passed("Binding", 1ms, "");
    report.begin("turn:b", "192.0.2.2:1");
    report.failed("Binding", {.text = "no answer"}, "");
    report.print_summary();
    CHECK(out.str().find("\nok    turn:a  at 192.0.2.1:1\nFAIL  turn:b  at 192.0.2.2:1\n") !=
          std::string::npos);
}

TEST_CASE("a program reads the same as JSON, and nothing is printed", "[client]") {
    CheckReport report{nullptr};
    report.begin("turn:a", "192.0.2.1:1");
    report.passed("Binding", 2ms, "a \"quote\"");
    report.failed("Allocate", {.text = "401"}, "clock");
    CHECK(report.json() ==
          R"({"works":false,"ways":[{"uri":"turn:a","server":"192.0.2.1:1","works":false,"steps":[)"
          R"({"step":"Binding","ok":true,"detail":"a \"quote\"","milliseconds":2E0},)"
          R"({"step":"Allocate","ok":false,"detail":"401","cause":"clock"}]}]})");
}

TEST_CASE("nothing tried is nothing that works", "[client]") {
    CHECK_FALSE(CheckReport{nullptr}.all_work());
}

}  // namespace
}  // namespace turnpike::client
