// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace turnpike::config {
namespace {

[[nodiscard]] std::string bounds(const Option& option) {
    if (option.max == std::numeric_limits<std::int64_t>::max()) {
        return fmt::format("from {}", option.min);
    }
    return fmt::format("from {} to {}", option.min, option.max);
}

// Broken between words so that no line is longer than a terminal; each line begins with `margin`.
[[nodiscard]] std::string wrapped(std::string_view text, std::string_view margin) {
    constexpr std::size_t columns = 80;
    std::string out{margin};
    std::size_t column = margin.size();
    bool at_start = true;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (!at_start && column + 1 + word.size() > columns) {
            out += fmt::format("\n{}", margin);
            column = margin.size();
            at_start = true;
        }
        out += fmt::format("{}{}", at_start ? "" : " ", word);
        column += word.size() + (at_start ? 0 : 1);
        at_start = false;
    }
    return out + '\n';
}

void add_sample(std::string& out, const Option& option) {
    out += '\n' + wrapped(fmt::format("{}.", option.help), "# ");
    const bool is_section = option.kind == Kind::users;
    if (is_section) out += fmt::format("[{}]\n", option.key);
    if (!option.example.empty()) {
        out += is_section
                   ? fmt::format("# Example: {}\n", option.example)
                   : fmt::format("# Example: {} = {}\n", name_of(option.key), option.example);
    }
    if (!is_section) out += fmt::format("#{} = {}\n", name_of(option.key), option.fallback);
}

}  // namespace

std::string describe_type(const Option& option) {
    switch (option.kind) {
        case Kind::boolean:
            return "true or false";
        case Kind::integer:
            return "a whole number " + bounds(option);
        case Kind::seconds:
            return "seconds " + bounds(option);
        case Kind::times:
            return "a list of seconds, each " + bounds(option);
        case Kind::text:
            return fmt::format("a string of at most {} bytes", option.max);
        case Kind::word:
            return fmt::format("one of {}", fmt::join(option.words, ", "));
        case Kind::texts:
            return "a list of strings";
        case Kind::endpoints:
            return "a list of addresses with ports";
        case Kind::addresses:
            return "a list of addresses";
        case Kind::subnets:
            return "a list of CIDR blocks, each with a range of ports if wanted";
        case Kind::ports:
            return "two ports " + bounds(option);
        case Kind::external_addresses:
            return "a table of addresses";
        case Kind::secrets:
            return "a list of strings or { secret, expired } tables";
        case Kind::users:
            return "a table of names and passwords";
        case Kind::access_token_keys:
            return "a list of { id, key, algorithm, not_before, not_after } tables";
        case Kind::certificates:
            return "a list of { certificate, private_key } tables";
        case Kind::alternate_servers:
            return "a list of { address, tls_address, weight, domain } tables";
        case Kind::area_levels:
            return fmt::format("a table of levels, by {}", fmt::join(option.words, ", "));
    }
    return {};
}

std::string reference() {
    std::string out;
    for (const Option& option : options()) {
        out += fmt::format("{} = {}\n", option.key, option.fallback);
        out += wrapped(fmt::format("{}.", option.help), "    ");
        std::string facts = describe_type(option) + "; " + environment_name(option.key);
        if (option.needs_restart) facts += "; needs a restart";
        out += wrapped(facts, "    ") + '\n';
    }
    return out;
}

std::string sample_file() {
    std::string out =
        "# Turnpike's configuration. Every option is shown with its default; uncomment what you\n"
        "# change. `turnpike check-config` says whether a file is good and what is in force.\n";
    std::string_view section;
    for (const Option& option : options()) {
        if (section_of(option.key) != section) {
            section = section_of(option.key);
            if (!section.empty()) out += fmt::format("\n[{}]", section);
        }
        add_sample(out, option);
    }
    return out;
}

}  // namespace turnpike::config
