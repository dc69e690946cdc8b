// SPDX-License-Identifier: BSD-3-Clause
//
// A payload in a buffer with room around it, so that a header is stripped by moving a pointer and
// added in the headroom. A view: the buffer belongs to whoever received the packet.
#pragma once

#include <cassert>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

// Enough for the longest header that the relay writes: a Data indication that tells of an ICMP
// error from an IPv6 peer takes 20 + 24 + 12 octets, one with DATA takes 20 + 24 + 4.
inline constexpr std::size_t packet_headroom = 64;
inline constexpr std::size_t packet_tailroom = 4;  // padding to a multiple of four

class Packet {
public:
    Packet(MutableBytes buffer, std::size_t offset, std::size_t size) noexcept
        : buffer_{buffer}, offset_{offset}, size_{size} {
        assert(offset <= buffer.size() && size <= buffer.size() - offset);
    }

    [[nodiscard]] MutableBytes payload() const noexcept { return buffer_.subspan(offset_, size_); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t headroom() const noexcept { return offset_; }
    [[nodiscard]] std::size_t tailroom() const noexcept { return buffer_.size() - offset_ - size_; }

    // Makes `part`, a piece of this packet's payload, the whole payload.
    void narrow(Bytes part) noexcept {
        const auto begin = static_cast<std::size_t>(part.data() - buffer_.data());
        assert(begin >= offset_ && begin + part.size() <= offset_ + size_);
        offset_ = begin;
        size_ = part.size();
    }
    // Grows to the front or the back; the new octets are the caller's to write.
    MutableBytes prepend(std::size_t octets) noexcept {
        assert(octets <= headroom());
        offset_ -= octets;
        size_ += octets;
        return buffer_.subspan(offset_, octets);
    }
    MutableBytes append(std::size_t octets) noexcept {
        assert(octets <= tailroom());
        size_ += octets;
        return buffer_.subspan(offset_ + size_ - octets, octets);
    }

private:
    MutableBytes buffer_;
    std::size_t offset_;
    std::size_t size_;
};

}  // namespace turnpike::protocol
