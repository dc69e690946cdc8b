// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/manual.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/sample_program.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("the page is that of the command line, with what a command line cannot tell") {
    const test::SampleProgram sample;
    const std::string page = manual_text(sample.app, "turnpike-bench");
    CHECK(page.starts_with(".TH SAM\\-PLE 1 "));
    CHECK(page.find(".SS \\fBsam\\-ple check\\fP") != std::string::npos);
    for (const char* part : {"\"EXIT STATUS\"", "TURNPIKE_PASSWORD", "EXAMPLES", "SEE ALSO"}) {
        INFO(part);
        CHECK(page.find(part) != std::string::npos);
    }
}

TEST_CASE("so is the completion") {
    const test::SampleProgram sample;
    CHECK(manual_text(sample.app, "bash-completion").find("complete -F _sam_ple sam-ple\n") !=
          std::string::npos);
}

}  // namespace
}  // namespace turnpike::bench
