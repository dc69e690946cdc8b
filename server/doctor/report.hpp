// SPDX-License-Identifier: BSD-3-Clause
//
// Findings for a person, a line each with what to do below it, or for a program to read. Pure.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

[[nodiscard]] std::string_view to_string(Grade grade) noexcept;  // "ok", "warning", "problem"
[[nodiscard]] bool has_problem(std::span<const Finding> findings) noexcept;

// Closes with how many problems and warnings there are.
void print(std::span<const Finding> findings, std::ostream& out);
// {"works": ..., "findings": [{"check", "grade", "seen", "advice"}]}; no advice, no member.
[[nodiscard]] std::string json(std::span<const Finding> findings);

}  // namespace turnpike::doctor
