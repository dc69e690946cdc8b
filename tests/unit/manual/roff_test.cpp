// SPDX-License-Identifier: BSD-3-Clause
#include "manual/roff.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::manual {
namespace {

TEST_CASE("what is typed keeps its minus, and no letter of it is a request of roff's") {
    CHECK(escaped("--set") == "\\-\\-set");
    CHECK(escaped(R"(a\b)") == R"(a\eb)");
    CHECK(escaped("it's `~^") == R"(it\(aqs \(ga\(ti\(ha)");
}

TEST_CASE("prose keeps its hyphens, and what stands in backticks is bold") {
    CHECK(styled("time-limited") == "time-limited");
    CHECK(styled("run `turnpike-bench check` now") == "run \\fBturnpike\\-bench check\\fP now");
    CHECK(styled("an `open end") == "an \\fBopen end\\fP");
}

TEST_CASE("a line that begins with a dot or an apostrophe is no request") {
    CHECK(prose(".config is a folder") == ".PP\n\\&.config is a folder\n");
    CHECK(item("\\fB\\-4\\fP", "'til then") == ".TP\n\\fB\\-4\\fP\n\\&'til then\n");
    CHECK(subsection(".x") == ".SS \\&.x\n");
}

TEST_CASE("paragraphs, examples and items") {
    CHECK(prose("one\ntwo\n\nthree") == ".PP\none\ntwo\n.PP\nthree\n");
    CHECK(prose("Type:\n\n    ls -l\n    .x\n\nDone.") ==
          ".PP\nType:\n.PP\n.RS 4\n.nf\nls \\-l\n\\&.x\n.fi\n.RE\n.PP\nDone.\n");
    CHECK(prose("* SIGHUP: Reload.\nAnd more.") == ".TP\nSIGHUP\nReload.\nAnd more.\n");
    CHECK(prose("    last") == ".PP\n.RS 4\n.nf\nlast\n.fi\n.RE\n");
    CHECK(prose("").empty());
}

TEST_CASE("a page begins with its name in capitals, its section, its day and its version") {
    CHECK(heading({.name = "turnpike.toml",
                   .section = 5,
                   .version = "1.2.3",
                   .date = "2026-11-28",
                   .group = "File Formats"}) ==
          ".TH TURNPIKE.TOML 5 2026-11-28 \"turnpike 1.2.3\" \"File Formats\"\n");
    CHECK(section("NAME") == ".SH NAME\n");
}

TEST_CASE("the day is that of the sources where it is told, and today where it is not") {
    const auto now = std::chrono::system_clock::from_time_t(1'764'547'200);
    CHECK(build_date(nullptr, now) == "2025-12-01");
    CHECK(build_date("86400", now) == "1970-01-02");
    for (const char* nonsense : {"", "tomorrow", "86400x", "-1"}) {
        INFO(nonsense);
        CHECK(build_date(nonsense, now) == "2025-12-01");
    }
}

TEST_CASE("right under a heading no paragraph begins, and elsewhere it does") {
    CHECK(finished(section("NAME") + prose("One.\n\nTwo.")) == ".SH NAME\nOne.\n.PP\nTwo.\n");
    CHECK(finished(subsection("add") + prose("One.")) == ".SS add\nOne.\n");
    CHECK(finished(item("a", "b") + prose("One.")) == item("a", "b") + prose("One."));
}

}  // namespace
}  // namespace turnpike::manual
