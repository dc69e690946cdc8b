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

    // Takes a free port at or after a place that `random` chooses, around the whole range. None when
    // no port fits. The port stays taken until it is given back; for `pair` two must be.
    [[nodiscard]] std::optional<std::uint16_t> take(PortWish wish, std::uint64_t random);
    void give_back(std::uint16_t port);

    [[nodiscard]] std::size_t free() const noexcept { return free_; }
    [[nodiscard]] std::size_t size() const noexcept { return taken_.size(); }

private:
    std::uint16_t first_;
    std::vector<bool> taken_;
    std::size_t free_;
};

}  // namespace turnpike::relay
