// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/profile.hpp"

#include <array>

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t frames_per_key = 150;  // five seconds

// Opus at 48 kbit/s in packets of 20 ms, with the headers of RTP and SRTP.
constexpr StreamShape voice(bool up) {
    return {.up = up, .payload_octets = 120, .interval = 20ms};
}

constexpr StreamShape picture(bool up, std::size_t packets) {
    return {.up = up,
            .payload_octets = 1100,
            .interval = 33'333'333ns,
            .packets = packets,
            .key_every = frames_per_key,
            .key_packets = packets * 6};
}

constexpr StreamShape reports(bool up) {
    return {.up = up, .payload_octets = 90, .interval = 500ms};
}

struct Row {
    std::string_view name;
    std::size_t parties;
    std::size_t packets_up;    // of each frame; 0: no pictures
    std::size_t packets_down;  // of each frame of each of the others
};

// About 1 Mbit/s for a picture of its own, less where many are shown small.
constexpr std::array rows{Row{"audio", 2, 0, 0}, Row{"conference-4", 4, 4, 3},
                          Row{"conference-8", 8, 4, 2}, Row{"consult", 2, 4, 4}};

}  // namespace

double StreamShape::packets_per_second() const noexcept {
    double each = static_cast<double>(packets);
    if (key_every > 0) {
        each += static_cast<double>(key_packets - packets) / static_cast<double>(key_every);
    }
    return each / std::chrono::duration<double>(interval).count();
}

double Profile::packets_per_second() const noexcept {
    double sum = 0;
    for (const StreamShape& each : streams) sum += each.packets_per_second();
    return sum * static_cast<double>(parties);
}

std::optional<Profile> find_profile(std::string_view name) {
    for (const Row& row : rows) {
        if (row.name != name) continue;
        Profile profile{.name = row.name, .parties = row.parties, .streams = {}};
        profile.streams = {voice(true), reports(true), reports(false)};
        if (row.packets_up > 0) profile.streams.push_back(picture(true, row.packets_up));
        for (std::size_t other = 1; other < row.parties; ++other) {
            profile.streams.push_back(voice(false));
            if (row.packets_down > 0) profile.streams.push_back(picture(false, row.packets_down));
        }
        return profile;
    }
    return std::nullopt;
}

std::vector<std::string_view> profile_names() {
    std::vector<std::string_view> names;
    for (const Row& row : rows) names.push_back(row.name);
    return names;
}

}  // namespace turnpike::bench
