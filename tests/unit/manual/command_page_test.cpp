// SPDX-License-Identifier: BSD-3-Clause
#include "manual/command_page.hpp"

#include <array>

#include "tests/support/catch.hpp"
#include "tests/support/sample_program.hpp"

namespace turnpike::manual {
namespace {

constexpr std::array sections{Section{"EXIT STATUS", "* 0: Good."}};

std::string page() {
    test::SampleProgram sample;
    return command_page(command_tree(sample.app), {.summary = "a sample of everything",
                                                   .description = "It does nothing.",
                                                   .version = "1.2",
                                                   .date = "2026-11-28",
                                                   .sections = sections});
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST_CASE("a page has the parts that every manual page has, in their order") {
    const std::string text = page();
    CHECK(
        text.starts_with(".TH SAM\\-PLE 1 2026-11-28 \"turnpike 1.2\" \"User Commands\"\n"
                         ".SH NAME\nsam\\-ple \\- a sample of everything\n.SH SYNOPSIS\n"));
    std::size_t before = 0;
    for (const char* name : {".SH SYNOPSIS\n", ".SH DESCRIPTION\nIt does nothing.\n",
                             ".SH COMMANDS\n", ".SH OPTIONS\n", ".SH \"EXIT STATUS\"\n.TP\n0\n"}) {
        INFO(name);
        const auto at = text.find(name);
        REQUIRE(at != std::string::npos);
        CHECK(at > before);
        before = at;
    }
}

TEST_CASE("each command is told of with what it takes, by its whole path") {
    const std::string text = page();
    CHECK(text.find(".SS \\fBsam\\-ple call end\\fP \\fIID\\fP ...\nEnd calls.\n") !=
          std::string::npos);
    CHECK(text.find(".SS \\fBsam\\-ple check\\fP [\\fIFILE\\fP]\nTo check.\n") !=
          std::string::npos);
    CHECK(text.find("\\fB\\-f\\fP, \\fB\\-\\-format\\fP \\fItext|json\\fP\n"
                    "How it is said. Default: \\fBtext\\fP.\n") != std::string::npos);
    CHECK(text.find("\\fB\\-\\-quiet\\fP\nSay \\fBnothing\\fP.\n") != std::string::npos);
    CHECK(text.find("secret") == std::string::npos);
}

TEST_CASE("an option that many commands take is told of once, and named by each") {
    const std::string text = page();
    CHECK(count(text, "Set one option") == 1);
    CHECK(count(text, "Takes \\fB\\-\\-config\\fP, \\fB\\-\\-set\\fP too.") == 4);
    CHECK(count(text, "\\-\\-help\\fP\nSays") == 1);
}

}  // namespace
}  // namespace turnpike::manual
