// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/address.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::protocol {
namespace {

static_assert(IpAddress{}.is_v4() && IpAddress{}.is_unspecified());
static_assert(IpAddress::v4(0xC0000201).octets()[0] == std::byte{192});
static_assert(IpAddress::v4(1) < IpAddress::v4(2));
static_assert(is_stream(Transport::tcp) && is_stream(Transport::tls));
static_assert(!is_stream(Transport::udp) && !is_stream(Transport::dtls));

TEST_CASE("addresses are read and written as text") {
    for (const std::string_view text : {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1",
                                        "2001:db8::1", "fe80::a:b:c:d", "::ffff:192.0.2.1"}) {
        CAPTURE(text);
        const auto address = IpAddress::parse(text);
        REQUIRE(address);
        CHECK(address->to_string() == text);
        CHECK(address->octets().size() == (address->is_v4() ? 4 : 16));
    }
    CHECK(IpAddress::parse("2001:0DB8:0::0001")->to_string() == "2001:db8::1");
}

TEST_CASE("what is no address is refused", "[B35]") {
    using namespace std::string_view_literals;
    for (const std::string_view text :
         {""sv, "192.0.2"sv, "192.0.2.256"sv, "192.0.2.1 "sv, " 192.0.2.1"sv, "192.0.2.01"sv,
          "0x7f.0.0.1"sv, "127.1"sv, "2130706433"sv, "fe80::1%eth0"sv, "[::1]"sv, ":::"sv,
          "example.org"sv, "1::2::3"sv, "12345::"sv, "192.0.2.1\0x"sv, "::1\0"sv}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::parse(text));
    }
}

TEST_CASE("a mapped address stays what it was sent as", "[H8][K4]") {
    const auto mapped = IpAddress::parse("::ffff:192.0.2.1");
    CHECK(mapped->is_v6());
    CHECK(*mapped != *IpAddress::parse("192.0.2.1"));
    CHECK_FALSE(mapped->is_unspecified());
    CHECK(IpAddress::parse("::")->is_unspecified());
}

TEST_CASE("octets make the address that text makes") {
    const auto four = test::hex("c0000201");
    CHECK(IpAddress::v4(Bytes{four}.first<4>()) == *IpAddress::parse("192.0.2.1"));
    CHECK(IpAddress::v4(0xC0000201) == *IpAddress::parse("192.0.2.1"));
    const auto sixteen = test::hex("20010db8000000000000000000000001");
    const auto address = IpAddress::v6(Bytes{sixteen}.first<16>());
    CHECK(address == *IpAddress::parse("2001:db8::1"));
    CHECK(test::to_hex(address.octets()) == test::to_hex(sixteen));
}

TEST_CASE("an endpoint is an address and a port, IPv6 in brackets") {
    for (const std::string_view text : {"192.0.2.1:3478", "[2001:db8::1]:65535", "0.0.0.0:0"}) {
        CAPTURE(text);
        REQUIRE(Endpoint::parse(text));
        CHECK(Endpoint::parse(text)->to_string() == text);
    }
    for (const std::string_view text :
         {"", ":", "192.0.2.1", "192.0.2.1:", ":3478", "192.0.2.1:65536", "192.0.2.1:-1",
          "192.0.2.1:+1", "192.0.2.1: 1", "192.0.2.1:1x", "[192.0.2.1]:1", "2001:db8::1:3478",
          "[2001:db8::1]", "[2001:db8::1]3478", "[]:1", "localhost:3478"}) {
        CAPTURE(text);
        CHECK_FALSE(Endpoint::parse(text));
    }
}

TEST_CASE("five-tuples differ in each of their parts", "[D33][rfc8656-3.2]") {
    const FiveTuple base{*Endpoint::parse("192.0.2.1:1000"), *Endpoint::parse("192.0.2.2:3478"),
                         Transport::udp};
    FiveTuple other_port = base;
    other_port.client.port = 1001;
    FiveTuple other_server = base;
    other_server.server.address = IpAddress::v4(7);
    FiveTuple other_transport = base;
    other_transport.transport = Transport::tcp;
    FiveTuple other_family = base;
    other_family.client.address = *IpAddress::parse("c000:201::");

    boost::unordered_flat_map<FiveTuple, int, boost::hash<FiveTuple>> map;
    int value = 0;
    for (const FiveTuple& key : {base, other_port, other_server, other_transport, other_family}) {
        CHECK(map.emplace(key, value++).second);
    }
    CHECK(map.at(base) == 0);
    CHECK(map.at(other_family) == 4);
    CHECK(hash_value(base) == hash_value(FiveTuple{base}));
    CHECK(hash_value(base) != hash_value(other_port));
}

TEST_CASE("neighbouring endpoints spread over a hash table") {
    boost::unordered_flat_map<std::size_t, int> hashes;
    for (std::uint32_t host = 0; host < 64; ++host) {
        for (std::uint16_t port = 49152; port < 49152 + 64; ++port) {
            ++hashes[hash_value(Endpoint{IpAddress::v4(0x0A000000U + host), port})];
        }
    }
    CHECK(hashes.size() > 4090);  // of 4096
}

TEST_CASE("families and transports have names") {
    CHECK(to_string(Family::ipv4) == "ipv4");
    CHECK(to_string(Family::ipv6) == "ipv6");
    CHECK(to_string(Transport::udp) == "udp");
    CHECK(to_string(Transport::tcp) == "tcp");
    CHECK(to_string(Transport::tls) == "tls");
    CHECK(to_string(Transport::dtls) == "dtls");
}

}  // namespace
}  // namespace turnpike::protocol
