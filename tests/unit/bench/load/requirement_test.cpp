// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/requirement.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

const boost::json::object& sample() {
    static const boost::json::object object{
        {"sent", 2000},
        {"lost", 2},
        {"pps", 99'999.5},
        {"bottleneck", "none"},
        {"latency_us", {{"p50", 10}, {"p99", 1999.9}, {"p99.9", 5000}}}};
    return object;
}

bool is_met(std::string_view text) {
    const auto requirement = Requirement::parse(text);
    REQUIRE(requirement);
    return requirement->complaint(sample()).empty();
}

TEST_CASE("each comparison means what it says") {
    CHECK(is_met("lost<=2"));
    CHECK(is_met("lost == 2"));
    CHECK(is_met("lost>=2"));
    CHECK(is_met("lost!=3"));
    CHECK(is_met("lost<3"));
    CHECK(is_met("lost>1"));
    CHECK_FALSE(is_met("lost<2"));
    CHECK_FALSE(is_met("lost>2"));
    CHECK_FALSE(is_met("lost!=2"));
    CHECK_FALSE(is_met("lost==1"));
    CHECK_FALSE(is_met("pps>=100000"));
}

TEST_CASE("a percentage is of what was sent") {
    CHECK(is_met("lost<=0.1%"));
    CHECK(is_met("lost <= 0.1 %"));
    CHECK_FALSE(is_met("lost<0.1%"));
    CHECK_FALSE(Requirement::parse("lost<=1%")->complaint({{"lost", 0}}).empty());
}

TEST_CASE("a path leads inside, and keys may hold dots") {
    CHECK(is_met("latency_us.p99<=2000"));
    CHECK(is_met("latency_us.p99.9==5000"));
    CHECK_FALSE(is_met("latency_us.p98<=2000"));
    CHECK_FALSE(is_met("latency_us<=2000"));
}

TEST_CASE("a complaint names the requirement and what was found") {
    CHECK(Requirement::parse("pps>=100000")->complaint(sample()) == "pps>=100000: it is 99999.5");
    CHECK(Requirement::parse("lost<=0.01%")->complaint(sample()) == "lost<=0.01%: it is 0.1 %");
    CHECK(Requirement::parse("speed>=1")->complaint(sample()) ==
          "speed>=1: the result has no speed");
    CHECK(Requirement::parse("bottleneck>=1")->complaint(sample()) ==
          "bottleneck>=1: the result has no bottleneck");
}

TEST_CASE("what is no expression is none") {
    for (const char* text :
         {"", "lost", "lost<=", "<=3", "lost=3", "lost<=many", "lost<=3x", "a!3"}) {
        INFO(text);
        CHECK_FALSE(Requirement::parse(text));
    }
}

}  // namespace
}  // namespace turnpike::bench
