// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/subnet.hpp"

#include <random>

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

bool contains(std::string_view subnet, std::string_view address) {
    return Subnet::parse(subnet).value().contains(IpAddress::parse(address).value());
}

bool admits(std::string_view subnet, std::string_view endpoint) {
    return Subnet::parse(subnet).value().contains(Endpoint::parse(endpoint).value());
}

TEST_CASE("a subnet is read and written as text") {
    struct Row {
        std::string_view text, canonical;
    };
    for (const Row& row :
         {Row{"10.0.0.0/8", "10.0.0.0/8"}, Row{"2001:db8::/32", "2001:db8::/32"},
          Row{"192.0.2.1", "192.0.2.1/32"}, Row{"::1", "::1/128"}, Row{"0.0.0.0/0", "0.0.0.0/0"},
          Row{"::/0", "::/0"}, Row{"192.0.2.0/24:5000-6000", "192.0.2.0/24:5000-6000"},
          Row{"192.0.2.1:443", "192.0.2.1/32:443-443"},
          Row{"[2001:db8::]/32:443", "[2001:db8::]/32:443-443"},
          Row{"[2001:db8::]/32", "2001:db8::/32"}, Row{"[::1]:1-2", "[::1]/128:1-2"}}) {
        CAPTURE(row.text);
        const auto subnet = Subnet::parse(row.text);
        REQUIRE(subnet);
        CHECK(subnet->to_string() == row.canonical);
        CHECK(Subnet::parse(subnet->to_string()) == subnet);
    }
}

TEST_CASE("a wrong entry is refused, never widened", "[P4]") {
    for (const std::string_view text : {"",
                                        "/",
                                        "/8",
                                        "10.0.0.0/",
                                        "10.0.0.0/33",
                                        "10.0.0.0/-1",
                                        "10.0.0.0/8 ",
                                        "10.0.0.1/8",
                                        "2001:db8::/129",
                                        "2001:db8::1/32",
                                        "10.0.0.0/8:",
                                        "10.0.0.0/8:70000",
                                        "10.0.0.0/8:6000-5000",
                                        "10.0.0.0/8:1-",
                                        "10.0.0.0/8:-1",
                                        "10.0.0.0/8:1-2-3",
                                        "[10.0.0.0]/8",
                                        "2001:db8::/32:443",
                                        "[2001:db8::/32]:443",
                                        "[::1",
                                        "::1]",
                                        "example.org",
                                        "10.0.0.0/256",
                                        "10.0.0.0/8/8",
                                        "10/8",
                                        "[::1]x:443",
                                        "1.2.3.4/0x8"}) {
        CAPTURE(text);
        CHECK_FALSE(Subnet::parse(text));
    }
}

TEST_CASE("the edges of a subnet are inside, their neighbours outside", "[P4][K3]") {
    CHECK(contains("172.16.0.0/12", "172.16.0.0"));
    CHECK(contains("172.16.0.0/12", "172.31.255.255"));
    CHECK_FALSE(contains("172.16.0.0/12", "172.15.255.255"));
    CHECK_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
    CHECK(contains("2001::/32", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"));
    CHECK_FALSE(contains("2001::/32", "2001:1::"));
    CHECK(contains("0.0.0.0/0", "255.255.255.255"));
    CHECK_FALSE(contains("192.0.2.1", "192.0.2.0"));
}

TEST_CASE("a subnet holds addresses of its own family only", "[H8][K4]") {
    CHECK_FALSE(contains("::/0", "192.0.2.1"));
    CHECK_FALSE(contains("0.0.0.0/0", "::"));
    CHECK_FALSE(contains("192.0.2.0/24", "::ffff:192.0.2.1"));
}

TEST_CASE("a range of ports narrows a subnet, both ends inside", "[P4]") {
    CHECK_FALSE(admits("192.0.2.0/24:5000-6000", "192.0.2.7:4999"));
    CHECK(admits("192.0.2.0/24:5000-6000", "192.0.2.7:5000"));
    CHECK(admits("192.0.2.0/24:5000-6000", "192.0.2.7:6000"));
    CHECK_FALSE(admits("192.0.2.0/24:5000-6000", "192.0.2.7:6001"));
    CHECK_FALSE(admits("192.0.2.0/24:5000-6000", "192.0.3.7:5500"));
    CHECK(admits("[2001:db8::]/32:443", "[2001:db8::9]:443"));
    CHECK(admits("192.0.2.0/24", "192.0.2.7:0"));
    CHECK(admits("192.0.2.0/24", "192.0.2.7:65535"));
}

// The same question in 128-bit arithmetic.
__extension__ using Number = unsigned __int128;

Number number_of(const IpAddress& address) {
    Number number = 0;
    for (const std::byte octet : address.octets()) {
        number = (number << 8U) | std::to_integer<unsigned>(octet);
    }
    return number;
}

IpAddress address_of(Number number) {
    std::array<std::byte, 16> octets{};
    for (std::size_t index = 16; index-- > 0; number >>= 8U) {
        octets[index] = static_cast<std::byte>(number & 0xFFU);
    }
    return IpAddress::v6(octets);
}

TEST_CASE("membership agrees with 128-bit arithmetic for every prefix", "[P4][K3][K4]") {
    constexpr unsigned seed = 20261122;
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    for (unsigned prefix = 0; prefix <= 128; ++prefix) {
        const Number mask = prefix == 0 ? 0 : ~Number{0} << (128U - prefix);
        for (int round = 0; round < 200; ++round) {
            const Number network = ((Number{random()} << 64U) | random()) & mask;
            // Near the network: differ in a few bits, often just around the prefix.
            const Number other = network ^ (Number{1} << (random() % 128U)) ^ (random() & 1U);
            const Subnet subnet{address_of(network), static_cast<std::uint8_t>(prefix)};
            const bool expected = (other & mask) == network;
            CAPTURE(prefix, subnet.to_string(), address_of(other).to_string());
            REQUIRE(subnet.contains(address_of(other)) == expected);
            REQUIRE(number_of(address_of(other)) == other);
        }
    }
}

}  // namespace
}  // namespace turnpike::protocol
