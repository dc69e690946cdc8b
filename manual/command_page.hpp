// SPDX-License-Identifier: BSD-3-Clause
//
// The page of section 1 for a program: its commands and their options, as its command line has
// them, and the prose that no command line can tell.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "manual/command_tree.hpp"

namespace turnpike::manual {

struct Section {
    std::string_view name;
    std::string_view text;  // as prose() takes it
};

struct PageFacts {
    std::string_view summary;      // of the NAME line: no full stop
    std::string_view description;  // as prose() takes it
    std::string_view version;
    std::string_view date;
    std::span<const Section> sections{};  // after the commands
};

[[nodiscard]] std::string command_page(const CommandNode& program, const PageFacts& facts);

}  // namespace turnpike::manual
