// SPDX-License-Identifier: BSD-3-Clause
#include "manual/command_tree.hpp"

namespace turnpike::manual {
namespace {

// "TEXT:{ice,uris}" names what may be written.
[[nodiscard]] std::vector<std::string> words_of(std::string_view type) {
    const auto open = type.find('{');
    const auto close = type.find('}');
    std::vector<std::string> words;
    if (open == std::string_view::npos || close == std::string_view::npos) return words;
    type = type.substr(open + 1, close - open - 1);
    for (;;) {
        const auto comma = type.find(',');
        words.emplace_back(type.substr(0, comma));
        if (comma == std::string_view::npos) return words;
        type.remove_prefix(comma + 1);
    }
}

[[nodiscard]] std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : "|") + word;
    return text;
}

[[nodiscard]] Argument to_argument(const CLI::Option& option) {
    Argument argument;
    for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
    const std::string type = option.get_type_name();
    argument.words = words_of(type);
    if (argument.is_positional()) {
        argument.value = option.get_name(true);
    } else if (option.get_items_expected_max() > 0) {
        argument.value =
            argument.words.empty() ? type.substr(0, type.find(':')) : joined(argument.words);
    }
    argument.help = option.get_description();
    argument.fallback = option.get_default_str();
    argument.is_required = option.get_required();
    argument.is_repeated = argument.is_positional() && option.get_expected_max() > 1;
    return argument;
}

}  // namespace

CommandNode command_tree(const CLI::App& app) {
    CommandNode node;
    node.name = app.get_name();
    node.help = app.get_description();
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_group().empty()) node.arguments.push_back(to_argument(*option));
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (!command->get_group().empty()) node.commands.push_back(command_tree(*command));
    }
    return node;
}

}  // namespace turnpike::manual
