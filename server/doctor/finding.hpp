// SPDX-License-Identifier: BSD-3-Clause
//
// What an examination saw of one thing: that it is well, or what is the matter and what to do about
// it. A value. Each group of checks is a struct of facts, a function that gathers them from this
// machine, and a pure function that judges them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace turnpike::doctor {

enum class Grade : std::uint8_t {
    ok,
    warning,  // works, not as well as it could, or not for everybody
    problem,  // does not work
};

struct Finding {
    Grade grade = Grade::ok;
    std::string_view check;  // which one: of a constant
    std::string seen;
    std::string advice{};  // empty where nothing is to be done
    bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

[[nodiscard]] inline Finding well(std::string_view check, std::string seen) {
    return {.grade = Grade::ok, .check = check, .seen = std::move(seen)};
}

}  // namespace turnpike::doctor
