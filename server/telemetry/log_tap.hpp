// SPDX-License-Identifier: BSD-3-Clause
//
// The last lines of the log, for who wants to follow it: a bounded ring of JSON objects with
// running numbers that begin with 1 at each start. Nothing is kept for a reader; one that was away
// for too long sees a gap in the numbers.
//
// Any thread may call it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/telemetry/thread_safety.hpp"

namespace turnpike::telemetry {

struct TapLine {
    std::uint64_t number = 0;
    std::string json;  // without a newline
};

class LogTap {
public:
    explicit LogTap(std::size_t lines_max) : lines_max_{lines_max} {}

    void add(std::string json);

    // At most `max` lines that came after the one with this number, the oldest first. A number that
    // has not been reached is one of an earlier run: it is as good as 0.
    [[nodiscard]] std::vector<TapLine> tail(std::uint64_t after, std::size_t max) const;

    // The number of the last line; 0: there was none yet.
    [[nodiscard]] std::uint64_t newest() const;

    // Called after each line by the thread that logged it. It may call tail(); it must neither
    // block nor log. Once this returns, what was set before is not running and is called no more.
    void on_line(std::function<void()> wake);

private:
    // Constant after construction.
    const std::size_t lines_max_;

    mutable Mutex mutex_;
    std::vector<std::string> ring_ TURNPIKE_GUARDED_BY(mutex_);  // line n stands at (n - 1) % max
    std::uint64_t last_ TURNPIKE_GUARDED_BY(mutex_) = 0;

    Mutex wake_mutex_;  // never taken while mutex_ is held
    std::function<void()> wake_ TURNPIKE_GUARDED_BY(wake_mutex_);
};

}  // namespace turnpike::telemetry
