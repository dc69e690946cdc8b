// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/reader.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

constexpr std::array<std::byte, 9> nine{std::byte{0x21}, std::byte{0x12}, std::byte{0xA4},
                                        std::byte{0x42}, std::byte{0xFF}, std::byte{0x01},
                                        std::byte{0x02}, std::byte{0x03}, std::byte{0x04}};

// The reader is constexpr, so the compiler runs these.
static_assert(Reader{nine}.integer<std::uint8_t>() == 0x21);
static_assert(Reader{nine}.integer<std::uint16_t>() == 0x2112);
static_assert(Reader{nine}.integer<std::uint32_t>() == 0x2112A442);
static_assert(Reader{nine}.integer<std::uint64_t>() == 0x2112A442FF010203);
static_assert(Reader{nine}.bytes(9).size() == 9);
static_assert(Reader{nine}.remaining() == 9);

TEST_CASE("integers are read in network order, whatever their alignment", "[A1][rfc8489-5]") {
    Reader reader{nine};
    CHECK(reader.integer<std::uint8_t>() == 0x21);
    CHECK(reader.integer<std::uint32_t>() == 0x12A442FF);
    CHECK(reader.integer<std::uint16_t>() == 0x0102);
    CHECK(reader.remaining() == 2);
    CHECK(reader.ok());
}

TEST_CASE("a short read fails the reader for good") {
    Reader reader{Bytes{nine}.first(6)};
    CHECK(reader.integer<std::uint32_t>() == 0x2112A442);
    CHECK(reader.integer<std::uint32_t>() == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.integer<std::uint8_t>() == 0);
    CHECK(reader.bytes(1).empty());
    CHECK(reader.remaining() == 0);
    CHECK_FALSE(reader.ok());
}

TEST_CASE("reading nothing at the end is no failure") {
    Reader reader{Bytes{nine}.first(1)};
    CHECK(reader.bytes(1).size() == 1);
    CHECK(reader.bytes(0).empty());
    CHECK(reader.ok());
    Reader nothing{{}};
    CHECK(nothing.bytes(0).empty());
    CHECK(nothing.ok());
    CHECK(nothing.integer<std::uint8_t>() == 0);
    CHECK_FALSE(nothing.ok());
}

TEST_CASE("a count near the largest fails rather than wraps", "[P7]") {
    Reader reader{nine};
    CHECK(reader.bytes(1).size() == 1);
    CHECK(reader.bytes(static_cast<std::size_t>(-1)).empty());
    CHECK_FALSE(reader.ok());
}

}  // namespace
}  // namespace turnpike::protocol
