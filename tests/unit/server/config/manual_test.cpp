// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/manual.hpp"

#include "manual/roff.hpp"
#include "server/config/option.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

const std::string& page() {
    static const std::string text = manual_page("1.2", "2026-11-28");
    return text;
}

TEST_CASE("the page of the configuration tells of every option") {
    for (const Option& option : options()) {
        INFO(option.key);
        const std::string term = "\n\\fB" + manual::escaped(option.key) +
                                 "\\fP = " + manual::escaped(option.fallback) + '\n';
        CHECK(page().find(term) != std::string::npos);
    }
}

TEST_CASE("an option is told of with its help, its bounds, its variable and what applies it") {
    CHECK(page().find(".TP\n\\fBserver.workers\\fP = 0\nThreads that relay; 0: one per core.\n.br\n"
                      "a whole number from 0 to 256; environment "
                      "\\fBTURNPIKE_SERVER_WORKERS\\fP; needs a restart.\n") != std::string::npos);
    CHECK(page().find("secret: not taken by --set") != std::string::npos);
    CHECK(page().find("Example: realm = \"example.org\"\n") != std::string::npos);
    CHECK(page().find("Example: alice = \"password\"\n") != std::string::npos);
}

TEST_CASE("sections are those of the file, each once") {
    CHECK(page().starts_with(".TH TURNPIKE.TOML 5 2026-11-28 "));
    const auto first = page().find(".SS [limits]\n");
    REQUIRE(first != std::string::npos);
    CHECK(page().find(".SS [limits]\n", first + 1) == std::string::npos);
}

}  // namespace
}  // namespace turnpike::config
