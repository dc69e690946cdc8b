// SPDX-License-Identifier: BSD-3-Clause
//
// The two clocks of the project as types. Lifetimes and deadlines are monotonic; only the expiry of
// a time-limited username is compared with wall time. The clock itself is read once per loop turn
// by a worker and passed down: pure code gets a Moment and never asks.
#pragma once

#include <chrono>

namespace turnpike::protocol {

using TimePoint = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

struct Moment {
    TimePoint steady;
    WallTime wall;
};

}  // namespace turnpike::protocol
