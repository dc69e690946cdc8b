// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/uri.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

TEST_CASE("a turn URI names host, port and transport", "[R5][rfc7065]") {
    struct Row {
        std::string_view text;
        std::string_view host;
        std::uint16_t port;
        Transport transport;
    };
    const Row row = GENERATE(
        Row{"turn:relay.example.org", "relay.example.org", 3478, Transport::udp},
        Row{"turn:relay.example.org:80?transport=tcp", "relay.example.org", 80, Transport::tcp},
        Row{"turn:[2001:db8::1]:3479?transport=udp", "2001:db8::1", 3479, Transport::udp},
        Row{"turns:relay.example.org", "relay.example.org", 5349, Transport::tls},
        Row{"turns:relay.example.org?transport=udp", "relay.example.org", 5349, Transport::dtls},
        Row{"TURN:relay.example.org?transport=TCP", "relay.example.org", 3478, Transport::tcp},
        Row{"stuns:relay.example.org:443", "relay.example.org", 443, Transport::tls},
        Row{"stun:192.0.2.1", "192.0.2.1", 3478, Transport::udp});
    const auto uri = Uri::parse(row.text);
    REQUIRE(uri.has_value());
    CHECK(uri->host == row.host);
    CHECK(uri->port == row.port);
    CHECK(uri->transport == row.transport);
    CHECK(uri->relays == (row.text[0] == 't' || row.text[0] == 'T'));
    // What it prints means the same again.
    const auto again = Uri::parse(uri->to_string());
    REQUIRE(again.has_value());
    CHECK(again->host == uri->host);
    CHECK(again->transport == uri->transport);
}

TEST_CASE("a broken URI is refused with a sentence", "[R5][rfc7065]") {
    const std::string_view text = GENERATE(
        "", "relay.example.org", "http:relay", "turn:", "turn::3478", "turn:host:0",
        "turn:host:65536", "turn:host:12x", "turn:[::1", "turn:host?transport=sctp", "turn://host",
        "turn:user@host", "turn:2001:db8::1", "turn:[192.0.2.1]", "turn:[host]", "turn:a host",
        "turn:host/path", "turn:[::1]x", "turn:host?", "turn:host?transport=udp&x=y");
    const auto uri = Uri::parse(text);
    REQUIRE_FALSE(uri.has_value());
    CHECK_FALSE(uri.error().text.empty());
}

}  // namespace
}  // namespace turnpike::protocol
