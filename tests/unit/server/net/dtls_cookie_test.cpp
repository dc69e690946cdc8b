// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/dtls_cookie.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/client_hello.hpp"

namespace turnpike::net {
namespace {

using protocol::ClientHello;
using protocol::Endpoint;
using protocol::FiveTuple;
using protocol::TimePoint;
using test::HelloParts;
using test::hex;
using test::Octets;

FiveTuple between(std::string_view client, std::string_view server) {
    return {*Endpoint::parse(client), *Endpoint::parse(server), protocol::Transport::dtls};
}

const FiveTuple alice = between("192.0.2.1:1000", "203.0.113.5:5349");
const DtlsCookies cookies{DtlsCookies::Secret{std::byte{7}}};
// Half a span after one began.
const TimePoint now = TimePoint{} + 1000 * DtlsCookies::span + DtlsCookies::span / 2;

// Whether the same hello with the cookie that `first` got is let in.
bool returns(HelloParts parts, const FiveTuple& from, TimePoint when,
             const HelloParts& first = {}) {
    const auto asked = test::client_hello(first);
    const auto cookie = cookies.make(alice, *ClientHello::decode(asked), now);
    REQUIRE(cookie);
    parts.cookie = test::copy_of(*cookie);
    const auto again = test::client_hello(parts);
    return cookies.valid(from, *ClientHello::decode(again), when);
}

TEST_CASE("a client that returns its cookie is let in", "[I16][rfc6347-4.2.1]") {
    CHECK(returns({}, alice, now));
    // What may differ in the second hello.
    CHECK(returns({.record_sequence_number = 1, .message_sequence = 1, .extensions = hex("0000")},
                  alice, now));
}

TEST_CASE("a cookie serves its own five-tuple only", "[I16][P10]") {
    CHECK_FALSE(returns({}, between("192.0.2.2:1000", "203.0.113.5:5349"), now));
    CHECK_FALSE(returns({}, between("192.0.2.1:1001", "203.0.113.5:5349"), now));
    CHECK_FALSE(returns({}, between("192.0.2.1:1000", "203.0.113.6:5349"), now));
    CHECK_FALSE(returns({}, between("192.0.2.1:1000", "203.0.113.5:443"), now));
    CHECK_FALSE(returns({}, between("[::ffff:192.0.2.1]:1000", "203.0.113.5:5349"), now));
}

TEST_CASE("a cookie serves its own hello only", "[I16][rfc6347-4.2.1]") {
    CHECK_FALSE(returns({.version = 0xFEFF}, alice, now));
    CHECK_FALSE(returns({.random = 0xAC}, alice, now));
    CHECK_FALSE(returns({.session_id = hex("00")}, alice, now));
    CHECK_FALSE(returns({.cipher_suites = hex("c02b")}, alice, now));
    CHECK_FALSE(returns({.compression_methods = hex("01")}, alice, now));
}

TEST_CASE("a cookie is good until the next span of time ends", "[I16]") {
    CHECK(returns({}, alice, now + DtlsCookies::span));
    CHECK_FALSE(returns({}, alice, now + 2 * DtlsCookies::span));
    CHECK_FALSE(returns({}, alice, now - DtlsCookies::span));
}

TEST_CASE("a cookie that is not ours is none", "[I16][threats]") {
    const auto asked = test::client_hello();
    const auto ours = *cookies.make(alice, *ClientHello::decode(asked), now);
    CHECK(cookies.make(alice, *ClientHello::decode(asked), now) == ours);
    const auto is_valid = [](const Octets& cookie) {
        const auto hello = test::client_hello({.cookie = cookie});
        return cookies.valid(alice, *ClientHello::decode(hello), now);
    };
    CHECK(is_valid(test::copy_of(ours)));
    CHECK_FALSE(is_valid({}));
    CHECK_FALSE(is_valid(Octets(dtls_cookie_octets)));
    CHECK_FALSE(is_valid(test::copy_of(protocol::Bytes{ours}.first(15))));
    for (std::size_t bit = 0; bit < 8 * ours.size(); ++bit) {
        auto flipped = test::copy_of(ours);
        flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        CHECK_FALSE(is_valid(flipped));
    }
    const DtlsCookies others{DtlsCookies::Secret{std::byte{8}}};
    const auto hello = test::client_hello({.cookie = test::copy_of(ours)});
    CHECK_FALSE(others.valid(alice, *ClientHello::decode(hello), now));
}

}  // namespace
}  // namespace turnpike::net
