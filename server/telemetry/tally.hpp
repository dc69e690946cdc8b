// SPDX-License-Identifier: BSD-3-Clause
//
// Counts by two properties, as requests by method and code. Its size is fixed when it is compiled,
// so nothing that a client sends makes it grow. One thread counts, any thread reads, nobody waits.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace turnpike::telemetry {

template <std::size_t rows, std::size_t columns>
using TallyValues = std::array<std::array<std::uint64_t, columns>, rows>;

template <std::size_t rows, std::size_t columns>
class Tally {
public:
    using Values = TallyValues<rows, columns>;

    // By the owning thread alone, hence no locked instruction.
    void add(std::size_t row, std::size_t column) noexcept { change(row, column, 1); }
    // What was added before.
    void take(std::size_t row, std::size_t column) noexcept { change(row, column, ~0ULL); }

    // By any thread: adds what is here to `total`.
    void add_to(Values& total) const noexcept {
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t column = 0; column < columns; ++column) {
                total[row][column] += values_[row][column].load(std::memory_order_relaxed);
            }
        }
    }

private:
    void change(std::size_t row, std::size_t column, std::uint64_t by) noexcept {
        auto& value = values_[row][column];
        value.store(value.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }

    std::array<std::array<std::atomic<std::uint64_t>, columns>, rows> values_{};
};

}  // namespace turnpike::telemetry
