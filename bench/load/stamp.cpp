// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/stamp.hpp"

#include <ctime>

#include "protocol/reader.hpp"
#include "protocol/writer.hpp"

namespace turnpike::bench {

void write_stamp(protocol::MutableBytes payload, const Stamp& stamp) noexcept {
    protocol::Writer writer{payload};
    writer.integer(stamp.run);
    writer.integer(stamp.lane);
    writer.integer(stamp.sequence);
    writer.integer(static_cast<std::uint64_t>(stamp.sent.count()));
}

std::optional<Stamp> read_stamp(protocol::Bytes payload) noexcept {
    protocol::Reader reader{payload};
    Stamp stamp;
    stamp.run = reader.integer<std::uint32_t>();
    stamp.lane = reader.integer<std::uint32_t>();
    stamp.sequence = reader.integer<std::uint64_t>();
    stamp.sent =
        std::chrono::nanoseconds{static_cast<std::int64_t>(reader.integer<std::uint64_t>())};
    if (!reader.ok()) return std::nullopt;
    return stamp;
}

std::chrono::nanoseconds monotonic_now() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace turnpike::bench
