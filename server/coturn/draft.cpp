// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "server/config/option.hpp"

namespace turnpike::coturn {
namespace {

[[nodiscard]] std::string origin(std::size_t line) {
    return line == 0 ? "  # as coturn does where no line says otherwise"
                     : fmt::format("  # line {}", line);
}

[[nodiscard]] bool is_table(config::Kind kind) {
    return kind == config::Kind::users || kind == config::Kind::external_addresses;
}

}  // namespace

void Draft::set(std::string_view key, std::string toml, std::size_t line) {
    assert(config::find_option(key) != nullptr);
    Entry& entry = entries_[std::string{key}];
    entry.is_list = false;
    entry.elements = {{std::move(toml), line}};
}

void Draft::add(std::string_view key, std::string toml, std::size_t line) {
    assert(config::find_option(key) != nullptr);
    Entry& entry = entries_[std::string{key}];
    entry.is_list = true;
    if (std::ranges::find(entry.elements, toml, &Element::toml) != entry.elements.end()) return;
    entry.elements.push_back({std::move(toml), line});
    ++size_;
}

void Draft::set_empty(std::string_view key) {
    assert(config::find_option(key) != nullptr);
    entries_[std::string{key}] = {.is_list = true, .elements = {}, .remarks = {}};
}

void Draft::remark(std::string_view key, std::string text) {
    assert(config::find_option(key) != nullptr);
    const auto is_control = [](char each) {
        return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
    };
    std::ranges::replace_if(text, is_control, '?');
    entries_[std::string{key}].remarks.push_back(std::move(text));
}

bool Draft::has(std::string_view key) const {
    const auto found = entries_.find(key);
    return found != entries_.end() && !found->second.elements.empty();
}

void Draft::write_list(std::string& out, std::string_view name, const Entry& entry) {
    if (entry.elements.size() == 1) {
        out += fmt::format("{} = [{}]{}\n", name, entry.elements[0].toml,
                           origin(entry.elements[0].line));
        return;
    }
    out += fmt::format("{} = [\n", name);
    for (const Element& each : entry.elements) {
        out += fmt::format("    {},{}\n", each.toml, origin(each.line));
    }
    out += "]\n";
}

void Draft::write(std::string& out, std::string_view key, const Entry& entry) {
    const std::string_view name = config::name_of(key);
    for (const std::string& each : entry.remarks) out += fmt::format("# {}\n", each);
    if (entry.elements.empty()) {
        if (entry.is_list) out += fmt::format("{} = []\n", name);
        return;
    }
    const config::Kind kind = config::find_option(key)->kind;
    if (kind == config::Kind::users) {
        for (const auto& [toml, line] : entry.elements) out += toml + origin(line) + '\n';
    } else if (is_table(kind)) {
        std::string pairs;
        for (const auto& [toml, line] : entry.elements) {
            pairs += (pairs.empty() ? "" : ", ") + toml;
        }
        out += fmt::format("{} = {{ {} }}{}\n", name, pairs, origin(entry.elements[0].line));
    } else if (entry.is_list) {
        write_list(out, name, entry);
    } else {
        out += fmt::format("{} = {}{}\n", name, entry.elements[0].toml,
                           origin(entry.elements[0].line));
    }
}

std::string Draft::to_toml(std::string_view source) const {
    std::string out = fmt::format(
        "# Made by `turnpike import-coturn` from {}. Its report says what became of each line.\n",
        source);
    std::string_view section;
    for (const config::Option& option : config::options()) {
        const auto found = entries_.find(option.key);
        if (found == entries_.end()) continue;
        const std::string_view own =
            option.kind == config::Kind::users ? option.key : config::section_of(option.key);
        if (own != section) {
            section = own;
            out += fmt::format("\n[{}]\n", section);
        }
        write(out, option.key, found->second);
    }
    return out;
}

}  // namespace turnpike::coturn
