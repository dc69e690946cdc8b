// SPDX-License-Identifier: BSD-3-Clause
//
// How much is relayed, in one line for `systemctl status`: rates are made of two looks at the
// counters. Owned by whoever looks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "server/telemetry/counters.hpp"

namespace turnpike {

struct Load {
    std::uint64_t allocations = 0;  // now
    std::uint64_t bits_per_second = 0;
    std::uint64_t packets_per_second = 0;
};

class LoadMeter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    // Since the last look; the first one knows no rates.
    [[nodiscard]] Load look(const telemetry::CounterValues& counters, TimePoint now) noexcept;

private:
    struct Look {
        TimePoint at;
        std::uint64_t bytes = 0;
        std::uint64_t packets = 0;
    };
    std::optional<Look> last_;
};

// "12 allocations, 3.4 Mbit/s, 1200 packets/s"; with what a drain leaves of time: "draining, 42 s
// left: ...".
[[nodiscard]] std::string status_line(const Load& load,
                                      std::optional<std::chrono::seconds> drain_left = {});

}  // namespace turnpike
