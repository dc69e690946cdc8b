// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/option.hpp"

#include <set>
#include <string>

#include "server/config/read_value.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

TEST_CASE("no key and no environment variable is spoken for twice") {
    std::set<std::string> names;
    for (const Option& option : options()) {
        INFO(option.key);
        CHECK(names.emplace(option.key).second);
        CHECK(names.insert(environment_name(option.key)).second);
        CHECK(find_option(option.key) == &option);
    }
    CHECK(find_option("listen") == nullptr);
    CHECK(find_option("") == nullptr);
}

TEST_CASE("a default passes the bounds of its own option and reads back as itself") {
    for (const Option& option : options()) {
        INFO(option.key);
        Problems problems;
        Complaints complaints{"default", false, problems};
        const auto document = toml::parse(std::string{"value = "} + std::string{option.fallback});
        REQUIRE(document);
        const auto value = read_value(option, *document.table().get("value"), complaints);
        CHECK(problems.empty());
        REQUIRE(value);
        CHECK(to_toml(option, *value) == option.fallback);
    }
}

TEST_CASE("every option says what it is for, in one line of help") {
    for (const Option& option : options()) {
        INFO(option.key);
        CHECK(option.help.size() > 10);
        CHECK_FALSE(option.help.ends_with("."));
        CHECK(option.help.find('\n') == std::string_view::npos);
        CHECK(option.min <= option.max);
        const bool has_words = option.kind == Kind::word || option.kind == Kind::area_levels;
        CHECK(has_words == !option.words.empty());
    }
}

TEST_CASE("a key is a section and a name") {
    CHECK(section_of("listen.udp") == "listen");
    CHECK(name_of("listen.udp") == "udp");
    CHECK(section_of("realm").empty());
    CHECK(name_of("realm") == "realm");
    CHECK(environment_name("limits.tcp_idle") == "TURNPIKE_LIMITS_TCP_IDLE");
}

}  // namespace
}  // namespace turnpike::config
