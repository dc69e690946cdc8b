// SPDX-License-Identifier: BSD-3-Clause
#include "manual/completion.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/sample_program.hpp"

namespace turnpike::manual {
namespace {

// What bash would offer with the cursor behind the last of the words, which may be empty.
std::string offered(const std::string& words, const std::string& folder) {
    test::SampleProgram sample;
    const std::string script = folder + "/completion";
    std::ofstream{script} << bash_completion(command_tree(sample.app),
                                             {{"KEY=VALUE", {"realm=", "log.level="}}});
    const std::string line = "cd " + folder + " && bash -uc '. ./completion; COMP_WORDS=(sam-ple " +
                             words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sam_ple; "
                             "echo \"${COMPREPLY[@]-}\"' 2>&1";
    std::string out;
    std::array<char, 512> buffer{};
    FILE* pipe = ::popen(line.c_str(), "r");
    REQUIRE(pipe != nullptr);
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) out += buffer.data();
    CHECK(::pclose(pipe) == 0);
    return out;
}

TEST_CASE("bash completes commands, those below them, and options") {
    const test::Folder folder;
    const std::string path = folder.path();
    CHECK(offered("\"\"", path) == "serve check drain show call -h --help --version\n");
    CHECK(offered("s", path) == "serve show\n");
    CHECK(offered("call \"\"", path) == "end -h --help\n");
    CHECK(offered("call end --", path) == "--help\n");
    CHECK(offered("serve --", path) == "--help --config --set\n");
    CHECK(offered("secret", path) == "\n");
}

TEST_CASE("bash completes what may stand behind an option") {
    const test::Folder folder;
    const std::string path = folder.path();
    std::ofstream{folder.file("turnpike.toml")} << "";
    CHECK(offered("check -f \"\"", path) == "text json\n");
    CHECK(offered("check --format j", path) == "json\n");
    CHECK(offered("serve --set lo", path) == "log.level=\n");
    CHECK(offered("serve --config turn", path) == "turnpike.toml\n");
    CHECK(offered("check turn", path) == "turnpike.toml\n");
    CHECK(offered("serve turn", path) == "\n");
}

TEST_CASE("a word behind an option is no command") {
    const test::Folder folder;
    CHECK(offered("serve --config call --s", folder.path()) == "--set\n");
}

}  // namespace
}  // namespace turnpike::manual
