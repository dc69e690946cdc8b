// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/writer.hpp"

#include <array>

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::protocol {
namespace {

using test::to_hex;

static_assert([] {
    std::array<std::byte, 4> buffer{};
    Writer writer{buffer};
    writer.integer(std::uint32_t{0x2112A442});
    return writer.ok() && buffer[0] == std::byte{0x21} && buffer[3] == std::byte{0x42};
}());

TEST_CASE("integers are written in network order", "[A1][rfc8489-5]") {
    std::array<std::byte, 15> buffer{};
    Writer writer{buffer};
    writer.integer(std::uint8_t{0x01});
    writer.integer(std::uint16_t{0x0203});
    writer.integer(std::uint32_t{0x04050607});
    writer.integer(std::uint64_t{0x08090A0B0C0D0E0F});
    CHECK(writer.ok());
    CHECK(to_hex(writer.written()) == "0102030405060708090a0b0c0d0e0f");
}

TEST_CASE("zeros overwrite what the buffer held", "[A20]") {
    auto buffer = test::hex("ffffffff");
    Writer writer{buffer};
    writer.bytes(Bytes{buffer}.first(1));
    writer.zeros(3);
    CHECK(to_hex(buffer) == "ff000000");
}

TEST_CASE("a field that does not fit fails the writer for good and leaves the rest alone") {
    auto buffer = test::hex("eeeeeeee");
    Writer writer{MutableBytes{buffer}.first(3)};
    writer.integer(std::uint16_t{1});
    writer.integer(std::uint16_t{2});
    CHECK_FALSE(writer.ok());
    writer.integer(std::uint8_t{3});
    writer.bytes(Bytes{buffer}.first(0));
    CHECK_FALSE(writer.ok());
    CHECK(to_hex(writer.written()) == "0001");
    CHECK(to_hex(buffer) == "0001eeee");
}

TEST_CASE("writing nothing succeeds in a full buffer") {
    std::array<std::byte, 1> buffer{};
    Writer writer{buffer};
    writer.zeros(1);
    writer.bytes({});
    writer.zeros(0);
    CHECK(writer.ok());
    CHECK(writer.size() == 1);
}

}  // namespace
}  // namespace turnpike::protocol
