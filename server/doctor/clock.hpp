// SPDX-License-Identifier: BSD-3-Clause
//
// Whether this machine's clock can be right: the expiry of logins, the end of calls and
// certificates are judged by it.
#pragma once

#include <chrono>
#include <optional>

#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

struct ClockFacts {
    std::chrono::system_clock::time_point now;
    std::optional<bool> is_synchronized{};  // by NTP; none: the kernel does not say
    std::optional<std::chrono::milliseconds> database_ahead{};  // of our clock; none: not known
};

[[nodiscard]] ClockFacts gather_clock();
[[nodiscard]] Findings judge_clock(const ClockFacts& facts);

}  // namespace turnpike::doctor
