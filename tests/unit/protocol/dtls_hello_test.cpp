// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/dtls_hello.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/client_hello.hpp"

namespace turnpike::protocol {
namespace {

using test::client_hello;
using test::hello_body;
using test::hello_fragment;
using test::HelloParts;
using test::hex;
using test::Octets;
using test::to_hex;

// DTLS 1.2, random of ABs.
const std::string start = "fefd" + [] {
    std::string random;
    for (int index = 0; index < 32; ++index) random += "ab";
    return random;
}();

TEST_CASE("a ClientHello shows its cookie and what the client has to repeat",
          "[I16][rfc6347-4.2.1]") {
    const auto octets = client_hello({.record_sequence_number = 0x010203040506,
                                      .message_sequence = 1,
                                      .session_id = hex("0102"),
                                      .cookie = hex("c0c1c2"),
                                      .cipher_suites = hex("c02b"),
                                      .extensions = hex("0004ff010001")});
    const auto hello = ClientHello::decode(octets);
    REQUIRE(hello.has_value());
    CHECK(hello->record_sequence_number == 0x010203040506);
    CHECK(hello->message_sequence == 1);
    CHECK(to_hex(hello->before_cookie) == start + "020102");
    CHECK(to_hex(hello->cookie) == "c0c1c2");
    CHECK(to_hex(hello->after_cookie) == "0002c02b0100");
}

TEST_CASE("the shortest ClientHello is as long as we reckon", "[P10]") {
    const auto octets = client_hello({.cipher_suites = {}, .compression_methods = {}});
    CHECK(octets.size() == client_hello_octets_min);
    CHECK(ClientHello::decode(octets).has_value());
}

TEST_CASE("what stands behind the hello's record does not matter", "[rfc6347-4.1.1]") {
    auto octets = client_hello();
    octets.push_back(std::byte{0xFF});
    CHECK(ClientHello::decode(octets).has_value());
}

TEST_CASE("other messages and encrypted ones are no hello", "[I16]") {
    const auto parts = GENERATE(HelloParts{.record_type = 23}, HelloParts{.record_type = 20},
                                HelloParts{.record_version = 0x0303}, HelloParts{.epoch = 1},
                                HelloParts{.message_type = 16});
    const auto hello = ClientHello::decode(client_hello(parts));
    REQUIRE_FALSE(hello.has_value());
    CHECK(hello.error() == HelloError::not_hello);
}

TEST_CASE("a piece of a hello is told from a whole one", "[I16][rfc6347-4.2.3]") {
    const std::size_t whole = hello_body({}).size();
    for (const auto& octets : {hello_fragment({}, 0, whole - 1), hello_fragment({}, 1, whole - 1),
                               hello_fragment({}, 0, 0), hello_fragment({}, 20, 10)}) {
        const auto hello = ClientHello::decode(octets);
        REQUIRE_FALSE(hello.has_value());
        CHECK(hello.error() == HelloError::fragmented);
    }
}

TEST_CASE("a hello cut short anywhere is none", "[I16][threats]") {
    const auto octets = client_hello({.session_id = hex("01"), .cookie = hex("02")});
    for (std::size_t size = 0; size < octets.size(); ++size) {
        CHECK_FALSE(ClientHello::decode(Bytes{octets}.first(size)).has_value());
    }
    // The lengths of the headers right, the body short of its last field.
    const auto body = hello_body({});
    for (std::size_t size = 1; size < body.size(); ++size) {
        auto cut = hello_fragment({}, 0, size);
        cut[14] = std::byte{};
        cut[15] = static_cast<std::byte>(size >> 8U);
        cut[16] = static_cast<std::byte>(size);
        const auto hello = ClientHello::decode(cut);
        REQUIRE_FALSE(hello.has_value());
        CHECK(hello.error() == HelloError::malformed);
    }
}

TEST_CASE("a HelloVerifyRequest takes the hello's numbers and says DTLS 1.0",
          "[I16][rfc6347-4.2.1]") {
    const auto octets =
        client_hello({.record_sequence_number = 0x0102030405, .message_sequence = 1});
    const auto hello = ClientHello::decode(octets);
    REQUIRE(hello.has_value());
    Octets buffer(100);
    CHECK(to_hex(write_hello_verify_request(buffer, *hello, hex("c0c1c2c3"))) ==
          "16feff0000000102030405"
          "0013"
          "030000070001000000000007"
          "feff04c0c1c2c3");
}

TEST_CASE("a HelloVerifyRequest that does not fit is not written", "[I16]") {
    const auto octets = client_hello();
    const auto hello = ClientHello::decode(octets);
    const auto cookie = hex("c0c1c2c3");
    Octets buffer(hello_verify_request_octets + cookie.size() - 1);
    CHECK(write_hello_verify_request(buffer, *hello, cookie).empty());
    buffer.emplace_back();
    CHECK(write_hello_verify_request(buffer, *hello, cookie).size() == buffer.size());
}

}  // namespace
}  // namespace turnpike::protocol
