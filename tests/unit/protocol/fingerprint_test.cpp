// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/fingerprint.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

// Bit by bit, as the polynomial is defined.
std::uint32_t slow_crc32(Bytes octets) {
    std::uint32_t value = 0xFFFFFFFFU;
    for (const std::byte octet : octets) {
        value ^= std::to_integer<std::uint32_t>(octet);
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1U) ^ (0xEDB88320U & (0U - (value & 1U)));
    }
    return ~value;
}

TEST_CASE("the checksum is that of zlib and ITU V.42", "[A28]") {
    CHECK(crc32({}) == 0);
    CHECK(crc32(as_octets("123456789")) == 0xCBF43926);
    CHECK(crc32(as_octets("The quick brown fox jumps over the lazy dog")) == 0x414FA339);
}

TEST_CASE("the checksum of every length is that of the polynomial", "[A28]") {
    test::Octets octets;
    for (unsigned size = 0; size < 300; ++size) {
        CAPTURE(size);
        REQUIRE(crc32(octets) == slow_crc32(octets));
        octets.push_back(static_cast<std::byte>(size * 151U + 7U));
    }
}

TEST_CASE("FINGERPRINT covers all that stands before it", "[A28][rfc8489-14.7]") {
    for (const char* name : {"request", "ipv4_response", "ipv6_response"}) {
        const auto message = test::vector("rfc5769", name);
        const Bytes before = Bytes{message}.first(message.size() - 8);
        std::uint32_t value = 0;
        for (const std::byte octet : Bytes{message}.last(4)) {
            value = value << 8U | std::to_integer<std::uint32_t>(octet);
        }
        CHECK(compute_fingerprint(before) == value);
    }
}

}  // namespace
}  // namespace turnpike::protocol
