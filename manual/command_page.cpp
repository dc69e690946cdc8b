// SPDX-License-Identifier: BSD-3-Clause
#include "manual/command_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "manual/roff.hpp"

namespace turnpike::manual {
namespace {

// An option that more commands than this take is told of once.
constexpr std::size_t told_once_above = 3;

[[nodiscard]] bool is_help(const Argument& argument) {
    return std::ranges::find(argument.names, "--help") != argument.names.end();
}

// "-u, --user NAME", with the fonts of the manual.
[[nodiscard]] std::string styled_names(const Argument& argument) {
    std::string text;
    for (const std::string& name : argument.names) {
        if (!text.empty()) text += ", ";
        text += fmt::format("\\fB{}\\fP", escaped(name));
    }
    if (argument.value.empty()) return text;
    if (!text.empty()) text += ' ';
    return text + fmt::format("\\fI{}\\fP", escaped(argument.value));
}

[[nodiscard]] std::string sentence(const Argument& argument) {
    std::string text = argument.help;
    if (!text.empty() && !text.ends_with('.')) text += '.';
    if (!argument.fallback.empty()) text += fmt::format(" Default: `{}`.", argument.fallback);
    return text;
}

class Page {
public:
    Page(const CommandNode& program, const PageFacts& facts) : program_{program}, facts_{facts} {
        count(program);
    }

    [[nodiscard]] std::string text();

private:
    void count(const CommandNode& node);
    [[nodiscard]] bool is_common(const Argument& argument) const;
    void add_synopsis();
    void add_commands(const CommandNode& node, const std::string& path);
    void add_command(const CommandNode& node, const std::string& path);
    void add_options();

    const CommandNode& program_;
    const PageFacts& facts_;
    std::map<std::pair<std::vector<std::string>, std::string>, std::size_t> uses_;
    std::vector<Argument> seen_;  // in the order in which they came
    std::string out_;
};

void Page::count(const CommandNode& node) {
    for (const Argument& each : node.arguments) {
        if (each.is_positional() || is_help(each)) continue;
        if (++uses_[{each.names, each.help}] == 1) seen_.push_back(each);
    }
    for (const CommandNode& each : node.commands) count(each);
}

bool Page::is_common(const Argument& argument) const {
    const auto found = uses_.find({argument.names, argument.help});
    return found != uses_.end() && found->second > told_once_above;
}

void Page::add_synopsis() {
    out_ += section("SYNOPSIS");
    for (const CommandNode& each : program_.commands) {
        const bool is_group = !each.commands.empty();
        out_ += fmt::format("\\fB{} {}\\fP {}[\\fIOPTION\\fP ...]\n.br\n", escaped(program_.name),
                            escaped(each.name), is_group ? "\\fICOMMAND\\fP " : "");
    }
    out_ += fmt::format("\\fB{} \\-\\-help\\fP | \\fB\\-\\-version\\fP\n", escaped(program_.name));
}

void Page::add_command(const CommandNode& node, const std::string& path) {
    std::string line = fmt::format("\\fB{}\\fP", escaped(path));
    std::string also;
    for (const Argument& each : node.arguments) {
        if (is_common(each)) also += fmt::format("{}`{}`", also.empty() ? "" : ", ", each.names[0]);
        if (!each.is_positional()) continue;
        line += fmt::format(" {}\\fI{}\\fP{}{}", each.is_required ? "" : "[", escaped(each.value),
                            each.is_repeated ? " ..." : "", each.is_required ? "" : "]");
    }
    out_ += subsection(line);
    out_ += prose(node.help + (node.help.ends_with('.') ? "" : "."));
    for (const Argument& each : node.arguments) {
        if (is_help(each) || is_common(each)) continue;
        out_ += item(styled_names(each), sentence(each));
    }
    if (!also.empty()) out_ += prose("Takes " + also + " too.");
}

void Page::add_commands(const CommandNode& node, const std::string& path) {
    for (const CommandNode& each : node.commands) {
        const std::string name = path + ' ' + each.name;
        if (each.commands.empty()) add_command(each, name);
        add_commands(each, name);
    }
}

void Page::add_options() {
    out_ += section("OPTIONS");
    for (const Argument& each : seen_) {
        if (is_common(each)) out_ += item(styled_names(each), sentence(each));
    }
    out_ += item("\\fB\\-h\\fP, \\fB\\-\\-help\\fP", "Says what a command takes.");
    out_ += item("\\fB\\-\\-version\\fP", "Prints the version.");
}

std::string Page::text() {
    out_ = heading({.name = program_.name,
                    .section = 1,
                    .version = facts_.version,
                    .date = facts_.date,
                    .group = "User Commands"});
    out_ += section("NAME");
    out_ += fmt::format("{} \\- {}\n", escaped(program_.name), styled(facts_.summary));
    add_synopsis();
    out_ += section("DESCRIPTION") + prose(facts_.description);
    out_ += section("COMMANDS");
    add_commands(program_, program_.name);
    add_options();
    for (const Section& each : facts_.sections) {
        out_ += section(fmt::format("\"{}\"", each.name)) + prose(each.text);
    }
    return finished(std::move(out_));
}

}  // namespace

std::string command_page(const CommandNode& program, const PageFacts& facts) {
    return Page{program, facts}.text();
}

}  // namespace turnpike::manual
