// SPDX-License-Identifier: BSD-3-Clause
#include "manual/completion.hpp"

#include <fmt/format.h>

namespace turnpike::manual {
namespace {

// One `case` of the script: the patterns that lead to it and what it does.
using Arms = std::vector<std::string>;

struct Script {
    Arms steps;    // which word after which command is a command itself
    Arms values;   // what stands behind an option
    Arms choices;  // what else a command takes
};

[[nodiscard]] bool is_file(const std::string& value) {
    return value == "FILE";
}

[[nodiscard]] std::string spaced(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

void add_value(Script& script, const std::string& path, const Argument& argument,
               const ValueWords& values) {
    if (argument.is_positional() || argument.value.empty()) return;
    std::string action = "return";  // anything may stand there, and we know none of it
    const auto known = values.find(argument.value);
    if (!argument.words.empty()) {
        action = fmt::format("words='{}'", spaced(argument.words));
    } else if (known != values.end()) {
        action = fmt::format("compopt -o nospace 2>/dev/null; words='{}'", spaced(known->second));
    } else if (is_file(argument.value)) {
        action = "files=1";
    }
    std::vector<std::string> patterns;
    for (const std::string& name : argument.names) {
        patterns.push_back(fmt::format("'{} {}'", path, name));
    }
    script.values.push_back(fmt::format("{}) {} ;;", fmt::join(patterns, "|"), action));
}

void add_node(Script& script, const CommandNode& node, const std::string& path,
              const ValueWords& values) {
    std::vector<std::string> words;
    bool takes_file = false;
    for (const CommandNode& each : node.commands) {
        const std::string deeper = path + ' ' + each.name;
        words.push_back(each.name);
        script.steps.push_back(fmt::format("'{}') path='{}' ;;", deeper, deeper));
        add_node(script, each, deeper, values);
    }
    for (const Argument& each : node.arguments) {
        words.insert(words.end(), each.names.begin(), each.names.end());
        if (each.is_positional()) words.insert(words.end(), each.words.begin(), each.words.end());
        takes_file = takes_file || (each.is_positional() && is_file(each.value));
        add_value(script, path, each, values);
    }
    script.choices.push_back(
        fmt::format("'{}') words='{}'{} ;;", path, spaced(words), takes_file ? "; files=1" : ""));
}

[[nodiscard]] std::string indented(const Arms& arms, std::string_view margin) {
    std::string out;
    for (const std::string& arm : arms) out += fmt::format("{}{}\n", margin, arm);
    return out;
}

}  // namespace

std::string bash_completion(const CommandNode& program, const ValueWords& values) {
    Script script;
    add_node(script, program, "", values);
    std::string function = "_" + program.name;
    for (char& letter : function) letter = letter == '-' ? '_' : letter;
    return fmt::format(R"(# bash completion for {program}
{function}() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} path= words= files= word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$path $word" in
{steps}        esac
    done
    case "$path $previous" in
{values}    *)
        case "$path" in
{choices}        esac
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if [ -n "$files" ]; then
        compopt -o filenames 2>/dev/null
        mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$current")
    fi
}}
complete -F {function} {program}
)",
                       fmt::arg("program", program.name), fmt::arg("function", function),
                       fmt::arg("steps", indented(script.steps, "        ")),
                       fmt::arg("values", indented(script.values, "    ")),
                       fmt::arg("choices", indented(script.choices, "        ")));
}

}  // namespace turnpike::manual
