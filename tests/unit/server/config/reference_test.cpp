// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/reference.hpp"

#include <sstream>
#include <string>

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

// The spare secret keeps the rule about open relays out of these tests.
Loaded loaded(const std::string& text) {
    return load_text(text, "sample.toml", {.spare_secret = "thirty-two random characters ..."});
}

// With every "#key = value" turned into "key = value"; remarks begin with "# ".
std::string uncommented(const std::string& text) {
    std::istringstream lines{text};
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        const bool is_value = line.size() > 1 && line[0] == '#' && line[1] != ' ';
        out += (is_value ? line.substr(1) : line) + '\n';
    }
    return out;
}

TEST_CASE("the sample file reads to the defaults, as it stands and with every line uncommented") {
    const Config defaults = loaded("").config;
    const Loaded as_it_stands = loaded(sample_file());
    REQUIRE(as_it_stands.ok());
    CHECK(as_it_stands.config == defaults);
    const Loaded all = loaded(uncommented(sample_file()));
    REQUIRE(all.ok());
    CHECK(all.config == defaults);
}

TEST_CASE("the sample sets every option when uncommented") {
    for (const Setting& each : loaded(uncommented(sample_file())).settings) {
        INFO(each.option->key);
        if (each.option->key == "auth.secrets") continue;  // replaced by the spare
        CHECK_FALSE(each.source.empty());
    }
}

TEST_CASE("no line of the sample is wider than a terminal with some room for values") {
    std::istringstream lines{sample_file()};
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(line.size() <= 100);
    }
}

TEST_CASE("the reference names every option, its type, and its environment variable") {
    const std::string text = reference();
    for (const Option& option : options()) {
        INFO(option.key);
        CHECK(text.find(std::string{option.key} + " = " + std::string{option.fallback} + '\n') !=
              std::string::npos);
        CHECK(text.find(environment_name(option.key)) != std::string::npos);
        CHECK_FALSE(describe_type(option).empty());
    }
}

}  // namespace
}  // namespace turnpike::config
