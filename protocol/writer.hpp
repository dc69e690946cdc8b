// SPDX-License-Identifier: BSD-3-Clause
//
// Writes big-endian fields into a caller's buffer.
//
// A Writer never throws and never writes past its span. The first field that does not fit makes it
// fail and from then on it writes nothing, so a builder may write a whole structure and ask ok()
// once. written() lives as long as the buffer.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

class Writer {
public:
    explicit constexpr Writer(MutableBytes buffer) noexcept : buffer_{buffer} {}

    [[nodiscard]] constexpr bool ok() const noexcept { return ok_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return used_; }
    [[nodiscard]] constexpr MutableBytes written() const noexcept { return buffer_.first(used_); }

    template <std::unsigned_integral Integer>
    constexpr void integer(Integer value) noexcept {
        const MutableBytes room = take(sizeof(Integer));
        for (std::size_t index = 0; index < room.size(); ++index) {
            room[index] = static_cast<std::byte>(value >> (8 * (sizeof(Integer) - 1 - index)));
        }
    }

    constexpr void bytes(Bytes octets) noexcept {
        const MutableBytes room = take(octets.size());
        if (!room.empty()) std::ranges::copy(octets, room.begin());
    }

    constexpr void zeros(std::size_t count) noexcept {
        std::ranges::fill(take(count), std::byte{});
    }

private:
    constexpr MutableBytes take(std::size_t count) noexcept {
        if (!ok_ || count > buffer_.size() - used_) {
            ok_ = false;
            return {};
        }
        const MutableBytes room = buffer_.subspan(used_, count);
        used_ += count;
        return room;
    }

    MutableBytes buffer_;
    std::size_t used_ = 0;
    bool ok_ = true;
};

}  // namespace turnpike::protocol
