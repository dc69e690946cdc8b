// SPDX-License-Identifier: BSD-3-Clause
//
// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 sections 14.5 and 14.6): a MAC over the
// message up to the attribute, with the header's length counted to the attribute's end.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "protocol/bytes.hpp"
#include "protocol/message.hpp"

namespace turnpike::protocol {

enum class Integrity : std::uint8_t {
    sha1,    // MESSAGE-INTEGRITY, 20 octets
    sha256,  // MESSAGE-INTEGRITY-SHA256, 32 octets
};

// A derived key: 16 octets for MD5, 32 for SHA-256, held by value so that copies are cheap to make
// and nothing dangles.
class Key {
public:
    constexpr Key() noexcept = default;
    explicit Key(Bytes octets) noexcept;  // at most 32
    [[nodiscard]] Bytes octets() const noexcept { return Bytes{octets_}.first(size_); }

private:
    std::array<std::byte, 32> octets_{};
    std::uint8_t size_ = 0;
};

using MacOctets = std::array<std::byte, 32>;

// The MAC over all parts, one after the other. None where the key is empty, or OpenSSL out of
// memory: a constant in place of a MAC would be one that anybody can send.
[[nodiscard]] std::optional<MacOctets> hmac_sha256(Bytes key,
                                                   std::initializer_list<Bytes> parts) noexcept;

// The MAC for a message whose attribute of this kind starts at `offset`; the first 20 or all 32
// octets count. The header's length field is taken as if the message ended with the attribute.
[[nodiscard]] MacOctets compute_integrity(Bytes message, std::size_t offset, Integrity kind,
                                          Bytes key) noexcept;

// Compares in constant time. False where the attribute is absent or has the wrong length
// (TURN allows no truncation of the SHA-256 form).
[[nodiscard]] bool verify_integrity(const Message& message, Integrity kind, Bytes key) noexcept;

// Equal length and content, in time that depends on the length alone.
[[nodiscard]] bool equal_in_constant_time(Bytes left, Bytes right) noexcept;

}  // namespace turnpike::protocol
