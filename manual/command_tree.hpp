// SPDX-License-Identifier: BSD-3-Clause
//
// A command line as those need it that write about it: the commands and options of a CLI11
// application as plain values, so that --help, the manual and the completion say the same. What is
// hidden (a group without a name) is left out.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace turnpike::manual {

struct Argument {
    std::vector<std::string> names{};  // "-u", "--user"; none of a positional one
    std::string value{};               // "FILE", "ice|uris"; empty: takes none
    std::vector<std::string> words{};  // where only these may stand
    std::string help{};
    std::string fallback{};
    bool is_required = false;
    bool is_repeated = false;

    [[nodiscard]] bool is_positional() const noexcept { return names.empty(); }
    bool operator==(const Argument&) const = default;
};

struct CommandNode {
    std::string name;
    std::string help;
    std::vector<Argument> arguments;
    std::vector<CommandNode> commands;
};

[[nodiscard]] CommandNode command_tree(const CLI::App& app);

}  // namespace turnpike::manual
