// SPDX-License-Identifier: BSD-3-Clause
//
// The relay ports of one address: a bitmap, so that a free port is found while there is one. Pure:
// randomness is passed in (RFC 8656 section 7.2 and RFC 6056 ask for unpredictable ports).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace turnpike::relay {

enum class PortWish : std::uint8_t {
    any,   // prefers to leave even-odd pairs whole while others are free
    even,  // EVEN-PORT with R = 0
    pair,  // EVEN-PORT with R = 1: an even port, and the next one taken with it
};

class PortPool {
public:
    PortPool(std::uint16_t first, std::uint16_t last);

    // Takes a free port at or after a place that `random` chooses, around the whole range. None
    // when no port fits. The port stays taken until it is given back; for `pair` two must be.
    [[nodiscard]] std::optional<std::uint16_t> take(PortWish wish, std::uint64_t random);
    // This port. False where it is taken, or not of the range.
    [[nodiscard]] bool take(std::uint16_t port);
    void give_back(std::uint16_t port);

    [[nodiscard]] std::size_t free() const noexcept { return free_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    // Which ports of a word may be taken, one bit each.
    enum class Choice : std::uint8_t { any, any_half, even, even_half, pair };
    [[nodiscard]] static std::uint64_t candidates(std::uint64_t free_ports, Choice choice) noexcept;
    [[nodiscard]] std::optional<std::size_t> find(Choice choice, std::size_t start,
                                                  std::size_t words_after) const noexcept;
    [[nodiscard]] std::optional<std::size_t> choose(PortWish wish,
                                                    std::size_t start) const noexcept;

    std::uint16_t base_;  // the even port that bit 0 of word 0 stands for
    std::uint16_t first_;
    std::size_t size_;
    std::size_t free_;
    std::vector<std::uint64_t> free_ports_;  // a set bit is a free port; pairs never cross words
};

}  // namespace turnpike::relay
