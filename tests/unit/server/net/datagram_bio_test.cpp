// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/datagram_bio.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::net {
namespace {

using test::hex;
using test::Octets;

struct Free {
    void operator()(BIO* unused) const noexcept { BIO_free(unused); }
};

struct Wire {
    std::vector<Octets> sent;
    DatagramBio datagrams{
        [this](protocol::Bytes octets) { sent.push_back(test::copy_of(octets)); }};
    std::unique_ptr<BIO, Free> bio{datagrams.make()};

    // None: nothing is there, and trying again is no mistake.
    [[nodiscard]] std::optional<Octets> read(std::size_t room) const {
        Octets buffer(room);
        const int count = BIO_read(bio.get(), buffer.data(), static_cast<int>(room));
        if (count < 0) {
            CHECK(BIO_should_retry(bio.get()) != 0);
            CHECK(BIO_should_read(bio.get()) != 0);
            return std::nullopt;
        }
        buffer.resize(static_cast<std::size_t>(count));
        return buffer;
    }
};

TEST_CASE("a datagram is read once and whole", "[I17]") {
    Wire wire;
    const auto datagram = hex("01020304");
    wire.datagrams.offer(datagram);
    CHECK(wire.read(100) == datagram);
    CHECK_FALSE(wire.read(100).has_value());
}

TEST_CASE("what a reader has no room for is lost, as with a socket", "[I17]") {
    Wire wire;
    const auto datagram = hex("01020304");
    wire.datagrams.offer(datagram);
    CHECK(wire.read(3) == hex("010203"));
    CHECK_FALSE(wire.read(3).has_value());
}

TEST_CASE("a datagram that was taken back is not read", "[I17]") {
    Wire wire;
    const auto datagram = hex("01020304");
    wire.datagrams.offer(datagram);
    wire.datagrams.clear();
    CHECK_FALSE(wire.read(100).has_value());
}

TEST_CASE("each write is a datagram", "[I17]") {
    Wire wire;
    CHECK(BIO_write(wire.bio.get(), "ab", 2) == 2);
    CHECK(BIO_write(wire.bio.get(), "c", 1) == 1);
    CHECK(BIO_flush(wire.bio.get()) == 1);
    CHECK(wire.sent == std::vector{hex("6162"), hex("63")});
}

}  // namespace
}  // namespace turnpike::net
