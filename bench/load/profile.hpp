// SPDX-License-Identifier: BSD-3-Clause
//
// What calls look like on the wire, as streams of packets: voice in small packets fifty times a
// second, pictures in bursts thirty times a second and larger ones where a key frame is due, and
// RTCP. Each party of a call has an allocation; its peer is the other party, or the conference's
// server. Constant data.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace turnpike::bench {

struct StreamShape {
    bool up = true;  // from the party; else to it
    std::size_t payload_octets = 0;
    std::chrono::nanoseconds interval{};
    std::size_t packets = 1;      // every interval
    std::size_t key_every = 0;    // of so many intervals one is a key frame; 0: none
    std::size_t key_packets = 0;  // which has so many packets

    [[nodiscard]] double packets_per_second() const noexcept;
};

struct Profile {
    std::string_view name;
    std::size_t parties = 2;           // of a call
    std::vector<StreamShape> streams;  // of each of them

    [[nodiscard]] double packets_per_second() const noexcept;  // of a call
};

// "consult", "conference-4", "conference-8", "audio".
[[nodiscard]] std::optional<Profile> find_profile(std::string_view name);
[[nodiscard]] std::vector<std::string_view> profile_names();

}  // namespace turnpike::bench
