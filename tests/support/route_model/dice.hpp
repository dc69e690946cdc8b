// SPDX-License-Identifier: BSD-3-Clause
//
// Every random choice of the route model: the same seed makes the same ones, with every library.
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "tests/support/hex.hpp"

namespace turnpike::test::route_model {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : random_{seed} {}

    // 0 to `count` - 1.
    [[nodiscard]] std::size_t below(std::size_t count) { return random_() % count; }
    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }
    template <typename Range>
    [[nodiscard]] auto& pick(Range& range) {
        return range[below(std::size(range))];
    }
    [[nodiscard]] Octets octets(std::size_t count) {
        Octets made(count);
        for (std::byte& each : made) each = static_cast<std::byte>(random_());
        return made;
    }

private:
    std::mt19937_64 random_;
};

}  // namespace turnpike::test::route_model
