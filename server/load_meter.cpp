// SPDX-License-Identifier: BSD-3-Clause
#include "server/load_meter.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace turnpike {
namespace {

using telemetry::Counter;
using telemetry::CounterValues;

[[nodiscard]] std::uint64_t value(const CounterValues& counters, Counter counter) noexcept {
    return counters[static_cast<std::size_t>(counter)];
}

[[nodiscard]] std::uint64_t live_allocations(const CounterValues& counters) noexcept {
    std::uint64_t ended = 0;
    for (auto index = static_cast<std::size_t>(Counter::allocations_ended_deleted);
         index <= static_cast<std::size_t>(Counter::allocations_ended_refused); ++index) {
        ended += counters[index];
    }
    const std::uint64_t made = value(counters, Counter::allocations_made);
    return made > ended ? made - ended : 0;  // workers count while we add up
}

[[nodiscard]] std::uint64_t per_second(std::uint64_t amount, std::chrono::milliseconds time) {
    return static_cast<std::uint64_t>(static_cast<double>(amount) * 1000.0 /
                                      static_cast<double>(time.count()));
}

[[nodiscard]] std::string bit_rate(std::uint64_t bits_per_second) {
    constexpr std::array units{"bit/s", "kbit/s", "Mbit/s", "Gbit/s"};
    auto rate = static_cast<double>(bits_per_second);
    std::size_t unit = 0;
    while (rate >= 1000.0 && unit + 1 < units.size()) {
        rate /= 1000.0;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", rate, unit == 0 ? 0 : 1, units[unit]);
}

}  // namespace

Load LoadMeter::look(const CounterValues& counters, TimePoint now) noexcept {
    const Look seen{.at = now,
                    .bytes = value(counters, Counter::bytes_to_peer) +
                             value(counters, Counter::bytes_to_client),
                    .packets = value(counters, Counter::packets_to_peer) +
                               value(counters, Counter::packets_to_client)};
    Load load{.allocations = live_allocations(counters)};
    const auto last = std::exchange(last_, seen);
    if (!last) return load;
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now - last->at);
    if (time.count() <= 0) return load;
    load.bits_per_second = per_second((seen.bytes - last->bytes) * 8, time);
    load.packets_per_second = per_second(seen.packets - last->packets, time);
    return load;
}

std::string status_line(const Load& load, std::optional<std::chrono::seconds> drain_left) {
    const std::string drain =
        drain_left ? fmt::format("draining, {} s left: ", drain_left->count()) : std::string{};
    return fmt::format("{}{} {}, {}, {} packets/s", drain, load.allocations,
                       load.allocations == 1 ? "allocation" : "allocations",
                       bit_rate(load.bits_per_second), load.packets_per_second);
}

}  // namespace turnpike
