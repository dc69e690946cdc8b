// SPDX-License-Identifier: BSD-3-Clause
#include "manual/command_tree.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/sample_program.hpp"

namespace turnpike::manual {
namespace {

const CommandNode& command(const CommandNode& node, std::string_view name) {
    const auto found = std::ranges::find(node.commands, name, &CommandNode::name);
    REQUIRE(found != node.commands.end());
    return *found;
}

const Argument& option(const CommandNode& node, const std::string& name) {
    const auto found = std::ranges::find_if(node.arguments, [&name](const Argument& each) {
        return std::ranges::find(each.names, name) != each.names.end();
    });
    REQUIRE(found != node.arguments.end());
    return *found;
}

TEST_CASE("a tree has the commands in their order, and none that is hidden") {
    test::SampleProgram sample;
    const CommandNode tree = command_tree(sample.app);
    CHECK(tree.name == "sam-ple");
    CHECK(tree.help == "A sample");
    std::vector<std::string> names;
    for (const CommandNode& each : tree.commands) names.push_back(each.name);
    CHECK(names == std::vector<std::string>{"serve", "check", "drain", "show", "call"});
    CHECK(command(command(tree, "call"), "end").help == "End calls.");
}

TEST_CASE("an option has its names, what it takes, its default and its help") {
    test::SampleProgram sample;
    const CommandNode tree = command_tree(sample.app);
    const CommandNode& check = command(tree, "check");
    CHECK(option(check, "--config") ==
          Argument{.names = {"--config"}, .value = "FILE", .help = "Which file"});
    CHECK(option(check, "-f") == Argument{.names = {"-f", "--format"},
                                          .value = "text|json",
                                          .words = {"text", "json"},
                                          .help = "How it is said",
                                          .fallback = "text"});
    CHECK(option(check, "--quiet") ==
          Argument{.names = {"-q", "--quiet"}, .help = "Say `nothing`"});
    CHECK(option(tree, "--help").value.empty());
}

TEST_CASE("what stands without a name is known by its own") {
    test::SampleProgram sample;
    const CommandNode tree = command_tree(sample.app);
    const Argument& id = command(command(tree, "call"), "end").arguments.back();
    CHECK(id.is_positional());
    CHECK(id.value == "ID");
    CHECK(id.is_required);
    CHECK(id.is_repeated);
    const Argument& file = command(tree, "check").arguments.back();
    CHECK(file.value == "FILE");
    CHECK_FALSE(file.is_required);
    CHECK_FALSE(file.is_repeated);
}

}  // namespace
}  // namespace turnpike::manual
