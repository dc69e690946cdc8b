// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/proxy_header.hpp"

#include <string>
#include <string_view>

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using State = ProxyHeader::State;

constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;

ProxyHeader read(std::string_view text) {
    return read_proxy_header(as_octets(text));
}

Endpoint endpoint(std::string_view text) {
    return Endpoint::parse(text).value();
}

// Version 2: what follows the signature, with its length put before it.
std::string binary(std::string_view command_and_family, std::string_view rest) {
    std::string text{signature};
    text += command_and_family;
    text += static_cast<char>(rest.size() >> 8U);
    text += static_cast<char>(rest.size() & 0xFFU);
    return text + std::string{rest};
}

constexpr auto ends4 = "\xC0\x00\x02\x01\xC6\x33\x64\x01\xDC\x04\x01\xBB"sv;

TEST_CASE("a line of version 1 names both ends") {
    const auto header = read("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nwhat follows");
    REQUIRE(header.state == State::complete);
    CHECK(header.octets == 45);
    REQUIRE(header.ends);
    CHECK(header.ends->client == endpoint("192.0.2.1:56324"));
    CHECK(header.ends->server == endpoint("198.51.100.1:443"));
    const auto six = read("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n");
    REQUIRE(six.ends);
    CHECK(six.ends->client == endpoint("[2001:db8::1]:1"));
    CHECK(six.ends->server == endpoint("[2001:db8::2]:65535"));
}

TEST_CASE("a proxy that does not know, or speaks for itself, names nobody") {
    const std::string_view text =
        GENERATE("PROXY UNKNOWN\r\n"sv, "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"sv,
                 "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"sv,
                 "\r\n\r\n\0\r\nQUIT\n\x21\x00\x00\x03\x04\x00\x00"sv,
                 "\r\n\r\n\0\r\nQUIT\n\x20\x11\x00\x01x"sv);
    const auto header = read(text);
    CHECK(header.state == State::complete);
    CHECK(header.octets == text.size());
    CHECK_FALSE(header.ends);
}

TEST_CASE("a header of version 2 names both ends, and what else it says is skipped") {
    const std::string more = GENERATE(std::string{}, std::string(7, 'x'), std::string(1000, 'x'));
    const std::string text = binary("\x21\x11", std::string{ends4} + more);
    const auto header = read(text + "what follows");
    REQUIRE(header.state == State::complete);
    CHECK(header.octets == text.size());
    REQUIRE(header.ends);
    CHECK(header.ends->client == endpoint("192.0.2.1:56324"));
    CHECK(header.ends->server == endpoint("198.51.100.1:443"));
    std::string six(36, '\0');
    six[15] = 1;
    six[31] = 2;
    six[33] = 3;
    six[35] = 4;
    const auto wide = read(binary("\x21\x21", six));
    REQUIRE(wide.ends);
    CHECK(wide.ends->client == endpoint("[::1]:3"));
    CHECK(wide.ends->server == endpoint("[::2]:4"));
}

TEST_CASE("an IPv4 address that is written as an IPv6 one is an IPv4 address") {
    const auto text = read("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.1 1 2\r\n");
    REQUIRE(text.ends);
    CHECK(text.ends->client == endpoint("192.0.2.1:1"));
    std::string both = "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\xC0\x00\x02\x01"s;
    both += both + "\0\1\0\2"s;
    const auto wide = read(binary("\x21\x21", both));
    REQUIRE(wide.ends);
    CHECK(wide.ends->client == endpoint("192.0.2.1:1"));
    CHECK(wide.ends->server == endpoint("192.0.2.1:2"));
}

TEST_CASE("every beginning of a header is incomplete, and none is judged too early") {
    const std::string text =
        GENERATE("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"s, "PROXY UNKNOWN\r\n"s,
                 binary("\x21\x11", std::string{ends4} + "more"), binary("\x20\x00"sv, "local"));
    for (std::size_t size = 0; size < text.size(); ++size) {
        INFO(size);
        CHECK(read(std::string_view{text}.substr(0, size)).state == State::incomplete);
    }
    CHECK(read(text).state == State::complete);
}

TEST_CASE("what is no header is broken at the first octet that shows it") {
    const std::string_view text = GENERATE(
        "GET / HTTP/1.1\r\n"sv, "proxy TCP4 192.0.2.1 198.51.100.1 1 2\r\n"sv, "\x16\x03\x01"sv,
        "\0\1\0\0"sv, "P\r"sv, "\r\n\r\r"sv, "PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n"sv,
        "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n"sv,
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n"sv,
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n"sv,
        "PROXY TCP4 192.0.2.1  198.51.100.1 1 2\r\n"sv,
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n"sv, "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n"sv,
        "PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n"sv,
        "PROXY TCP4 192.0.2.1 198.51.100.1 65536 2\r\n"sv,
        "PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n"sv,
        "PROXY TCP4 192.0.2.1 198.51.100.1 -1 2\r\n"sv, "PROXY \r\n"sv, "PROXY\r\n"sv);
    CHECK(read(text).state == State::broken);
}

TEST_CASE("a header of version 2 of another kind, or too short for its addresses, is broken") {
    CHECK(read(binary("\x11\x11", ends4)).state == State::broken);  // another version
    CHECK(read(binary("\x22\x11", ends4)).state == State::broken);  // another command
    CHECK(read(binary("\x21\x12", ends4)).state == State::broken);  // datagrams
    CHECK(read(binary("\x21\x31", std::string(216, 'x'))).state == State::broken);  // local sockets
    CHECK(read(binary("\x21\x11", ends4.substr(0, 11))).state == State::broken);
    CHECK(read(binary("\x21\x21", std::string(35, 'x'))).state == State::broken);
}

TEST_CASE("a header has bounds") {
    CHECK(read("PROXY TCP4 " + std::string(95, '1')).state == State::incomplete);
    CHECK(read("PROXY TCP4 " + std::string(96, '1')).state == State::broken);
    CHECK(read("PROXY UNKNOWN " + std::string(91, ' ') + "\r\n").octets == 107);
    CHECK(read("PROXY UNKNOWN " + std::string(92, ' ') + "\r\n").state == State::broken);
    const std::string largest = binary("\x20\x00"sv, std::string(4096 - 16, 'x'));
    CHECK(read(largest).octets == proxy_header_octets_max);
    CHECK(read(binary("\x20\x00"sv, std::string(4096 - 15, 'x')).substr(0, 16)).state ==
          State::broken);
}

}  // namespace
}  // namespace turnpike::protocol
