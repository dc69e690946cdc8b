// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/profile.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("a voice call is voice and reports, both ways") {
    const auto profile = find_profile("audio");
    REQUIRE(profile);
    CHECK(profile->parties == 2);
    CHECK(profile->packets_per_second() == Approx(2 * (50 + 50 + 2 + 2)));
}

TEST_CASE("a conference's party sends one picture and gets one of each other") {
    const auto profile = find_profile("conference-8");
    REQUIRE(profile);
    const auto pictures = [&](bool up) {
        return std::ranges::count_if(profile->streams, [&](const StreamShape& each) {
            return each.up == up && each.key_every > 0;
        });
    };
    CHECK(pictures(true) == 1);
    CHECK(pictures(false) == 7);
}

TEST_CASE("key frames count in a stream's rate") {
    const StreamShape shape{.payload_octets = 1100,
                            .interval = std::chrono::milliseconds{100},
                            .packets = 2,
                            .key_every = 10,
                            .key_packets = 12};
    CHECK(shape.packets_per_second() == Approx(30));
}

TEST_CASE("every name is one that is found, others are not") {
    CHECK(profile_names().size() == 4);
    for (const auto name : profile_names()) CHECK(find_profile(name));
    CHECK_FALSE(find_profile("party"));
}

}  // namespace
}  // namespace turnpike::bench
