// SPDX-License-Identifier: BSD-3-Clause
//
// Reads big-endian fields from a datagram without copying it.
//
// A Reader never throws and never looks past its span. The first short read makes it fail; a failed
// Reader yields zeros from then on, so a parser may read a whole structure and ask ok() once. Spans
// it returns live as long as the datagram.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

class Reader {
public:
    explicit constexpr Reader(Bytes datagram) noexcept : rest_{datagram} {}

    [[nodiscard]] constexpr bool ok() const noexcept { return ok_; }
    [[nodiscard]] constexpr std::size_t remaining() const noexcept { return rest_.size(); }

    template <std::unsigned_integral Integer>
    [[nodiscard]] constexpr Integer integer() noexcept {
        const Bytes octets = bytes(sizeof(Integer));
        if (octets.empty()) return 0;
        return big_endian<Integer>(octets, std::make_index_sequence<sizeof(Integer)>{});
    }

    [[nodiscard]] constexpr Bytes bytes(std::size_t count) noexcept {
        if (count > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const Bytes taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

private:
    // One expression rather than a loop: g++ 12 turns only this form into one bswap.
    template <typename Integer, std::size_t... Index>
    static constexpr Integer big_endian(Bytes octets, std::index_sequence<Index...>) noexcept {
        constexpr std::size_t last = sizeof(Integer) - 1;
        const auto shifted = [octets](std::size_t index) {
            return std::to_integer<std::uint64_t>(octets[index]) << (8 * (last - index));
        };
        return static_cast<Integer>((... | shifted(Index)));
    }

    Bytes rest_;
    bool ok_ = true;
};

}  // namespace turnpike::protocol
