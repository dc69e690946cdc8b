// SPDX-License-Identifier: BSD-3-Clause
//
// What every payload begins with, so that the process that sent it knows it again: which run, which
// lane, the how manieth of that lane, and when it was sent. Only ever read by who wrote it.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |                              Run                              |
//   |                             Lane                              |
//   |                       Sequence (64 bits)                      |
//   |                                                               |
//   |            Sent, ns of CLOCK_MONOTONIC (64 bits)              |
//   |                                                               |
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "protocol/bytes.hpp"

namespace turnpike::bench {

inline constexpr std::size_t stamp_octets = 24;

struct Stamp {
    std::uint32_t run = 0;  // packets of another one are nobody's
    std::uint32_t lane = 0;
    std::uint64_t sequence = 0;
    std::chrono::nanoseconds sent{};
    bool operator==(const Stamp&) const = default;
};

// Into the first octets of a payload, which has room for them.
void write_stamp(protocol::MutableBytes payload, const Stamp& stamp) noexcept;
// None where the payload is too short.
[[nodiscard]] std::optional<Stamp> read_stamp(protocol::Bytes payload) noexcept;

// CLOCK_MONOTONIC.
[[nodiscard]] std::chrono::nanoseconds monotonic_now() noexcept;

}  // namespace turnpike::bench
