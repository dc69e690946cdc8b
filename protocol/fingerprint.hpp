// SPDX-License-Identifier: BSD-3-Clause
//
// FINGERPRINT: CRC-32 of the message up to the attribute, XORed with 0x5354554E (RFC 8489
// section 14.7).
#pragma once

#include <cstdint>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

// The CRC-32 of zlib and ITU V.42.
[[nodiscard]] std::uint32_t crc32(Bytes octets) noexcept;

// The attribute's value for a message of which `octets` are all before the attribute, the header's
// length already counting the attribute.
[[nodiscard]] std::uint32_t compute_fingerprint(Bytes octets) noexcept;

}  // namespace turnpike::protocol
