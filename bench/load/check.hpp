// SPDX-License-Identifier: BSD-3-Clause
//
// A client's view of a server by one URI: is it reachable, does it let me in, does it relay? Each
// step prints a line with its round-trip time; the first that fails says what went wrong and what
// the likely cause is.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>

#include "bench/load/client.hpp"
#include "bench/load/uri.hpp"

namespace turnpike::bench {

struct CheckSettings {
    std::optional<Login> login;
    std::chrono::milliseconds timeout{5000};
    std::chrono::system_clock::time_point now;  // to judge the expiry in a time-limited username
};

// True where everything that the URI promises worked.
[[nodiscard]] bool check(const Uri& uri, const CheckSettings& settings, std::ostream& out);

// What a person should look at first; empty where nothing likely is known.
[[nodiscard]] std::string likely_cause(const Failure& failure, const CheckSettings& settings);

}  // namespace turnpike::bench
