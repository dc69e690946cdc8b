// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/target.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("a target is its segments and its parameters, decoded") {
    const auto target = Target::parse("/v1/users/a%20b%2Fc?limit=5&after=%C3%A4&empty=&bare");
    REQUIRE(target.has_value());
    CHECK(target->segments == std::vector<std::string>{"v1", "users", "a b/c"});
    CHECK(target->parameter("limit") == "5");
    CHECK(target->parameter("after") == "\xC3\xA4");
    CHECK(target->parameter("empty") == "");
    CHECK(target->parameter("bare") == "");
    CHECK(target->parameter("none") == std::nullopt);
    CHECK(target->parameter_besides({"limit", "after", "empty"}) == "bare");
    CHECK(target->parameter_besides({"limit", "after", "empty", "bare"}) == std::nullopt);
}

TEST_CASE("what is no path from the root is no target") {
    for (const std::string& bad :
         {std::string{""}, std::string{"*"}, std::string{"v1/sessions"}, std::string{"/a b"},
          std::string{"/%"}, std::string{"/%zz"}, std::string{"/%00"}, std::string{"/?a=%00"},
          std::string{"/?a=1&a=2"}, std::string{"http://h/livez"}, std::string{"/\x01"},
          std::string{"/a#b"}, std::string("/\0", 2), std::string{"/\xff"}, std::string{"/%9F"},
          std::string{"/?c%9F=1"}, std::string{"/?a=%C3"}}) {
        INFO(bad);
        CHECK_FALSE(Target::parse(bad).has_value());
    }
}

TEST_CASE("a target that is written reads back to itself") {
    const Target target{.segments = {"v1", "users", "a b/c?%&ä"},
                        .parameters = {{"user", "x&y=z +#"}, {"after", "ä"}}};
    const auto back = Target::parse(to_text(target));
    REQUIRE(back.has_value());
    CHECK(back->segments == target.segments);
    CHECK(back->parameters == target.parameters);
}

}  // namespace
}  // namespace turnpike::admin
