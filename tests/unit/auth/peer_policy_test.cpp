// SPDX-License-Identifier: BSD-3-Clause
#include "auth/peer_policy.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::auth {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;
using protocol::Subnet;

class Live final : public LiveRelays {
public:
    [[nodiscard]] bool contains(const Endpoint& relayed) const noexcept override {
        return relays.contains(relayed);
    }
    [[nodiscard]] bool listens(const Endpoint& relayed) const noexcept override {
        return listeners.contains(relayed);
    }
    std::set<Endpoint> relays;
    std::set<Endpoint> listeners;
};

struct Gate {
    Live live;
    PeerPolicySettings settings;

    void allow(const char* subnet) { settings.allow.push_back(*Subnet::parse(subnet)); }
    void deny(const char* subnet) { settings.deny.push_back(*Subnet::parse(subnet)); }
    [[nodiscard]] bool permits(const char* address) const {
        return PeerPolicy{settings, live}.permits(*IpAddress::parse(address));
    }
    [[nodiscard]] bool permits_endpoint(const char* endpoint) const {
        return PeerPolicy{settings, live}.permits(*Endpoint::parse(endpoint));
    }
    [[nodiscard]] bool permits_connection(const char* endpoint) const {
        return PeerPolicy{settings, live}.permits_connection(*Endpoint::parse(endpoint));
    }
};

TEST_CASE("public addresses are peers", "[P4]") {
    const Gate gate;
    const char* address = GENERATE("8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0",
                                   "172.15.255.255", "172.32.0.0", "198.17.255.255", "198.20.0.0",
                                   "223.255.255.255", "2001:4860:4860::8888", "2a00:1450::1");
    CHECK(gate.permits(address));
}

TEST_CASE("no range that is not public holds a peer", "[P4][F14][K4][F6]") {
    const Gate gate;
    const char* address =
        GENERATE("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
                 "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
                 "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1",
                 "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
                 "240.0.0.1", "255.255.255.255", "::", "::1", "fd00:ec2::254", "fc00::1", "fe80::1",
                 "febf::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "5f00::1", "3fff::1");
    CHECK_FALSE(gate.permits(address));
    const IpAddress parsed = *IpAddress::parse(address);
    CHECK_FALSE(PeerPolicy{gate.settings, gate.live}.permits(Endpoint{parsed, 3478}));
}

TEST_CASE("a private address is seen through every disguise", "[K3][K4][P4]") {
    Gate gate;
    // Even where the disguise's own range is allowed, what hides in it is judged.
    for (const char* range :
         {"::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48"}) {
        if (GENERATE(false, true)) gate.allow(range);
    }
    const char* address =
        GENERATE("::ffff:10.0.0.1", "::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1",
                 // RFC 6052 section 2.2: an IPv4 address behind prefixes of 48, 56, 64 and 96 bits.
                 "64:ff9b:1:a00:0:100::", "64:ff9b:1:a:0:1::", "64:ff9b:1:0:a:0:100:0",
                 "64:ff9b:1::10.0.0.1", "64:ff9b:1:5:6:7:10.0.0.1", "::ffff:169.254.169.254",
                 "64:ff9b::127.0.0.1", "64:ff9b:1::127.0.0.1", "64:ff9b::0.0.0.0",
                 "64:ff9b:1::", "::ffff:0.0.0.0");
    CHECK_FALSE(gate.permits(address));
}

TEST_CASE("a NAT64 that is allowed leads to public addresses, and to those that are allowed too",
          "[K4][P4]") {
    Gate gate;
    const char* address =
        GENERATE("64:ff9b::8.8.8.8",
                 "64:ff9b:1:808:8:800::", "64:ff9b:1:8:8:808::", "64:ff9b:1:0:8:808:800:0",
                 "64:ff9b:1::8.8.8.8");
    CHECK_FALSE(gate.permits(address));
    gate.allow("64:ff9b::/96");
    gate.allow("64:ff9b:1::/48");
    CHECK(gate.permits(address));
    CHECK_FALSE(gate.permits("64:ff9b::10.1.0.1"));
    gate.allow("10.1.0.0/16");
    CHECK(gate.permits("64:ff9b::10.1.0.1"));
    CHECK_FALSE(gate.permits("64:ff9b::10.2.0.1"));
    gate.deny("8.8.8.0/24");
    CHECK_FALSE(gate.permits(address));
    gate.settings.own = {*IpAddress::parse("9.9.9.9")};
    CHECK_FALSE(gate.permits("64:ff9b::9.9.9.9"));
}

TEST_CASE("nothing opens Teredo and 6to4, as peers and as clients", "[K3]") {
    Gate gate;
    if (GENERATE(false, true)) gate.allow("::/0");
    const char* address = GENERATE("2002:808:808::1", "2002:a00:1::1", "2002::", "2001::1",
                                   "2001:0:4136:e378:8000:63bf:f7f7:f7f7");
    CHECK_FALSE(gate.permits(address));
    const PeerPolicy policy{gate.settings, gate.live};
    CHECK_FALSE(policy.serves(*IpAddress::parse(address)));
    CHECK(policy.serves(*IpAddress::parse("2003::1")));
    CHECK(policy.serves(*IpAddress::parse("fd00::1")));
    CHECK(policy.serves(*IpAddress::parse("10.0.0.1")));
}

TEST_CASE("of IPv6 only global unicast is public", "[P4][K4]") {
    const Gate gate;
    const char* address = GENERATE("1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                   "4000::", "64:ff9b::1", "100::1", "200::1", "5f00::1", "8000::1",
                                   "fc00::1", "fe00::1", "fe80::1", "fec0::1", "::1", "::2");
    CHECK_FALSE(gate.permits(address));
    CHECK(gate.permits("2003::1"));
    CHECK(gate.permits("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
}

TEST_CASE("the allow list opens what it names, by address and port", "[P4]") {
    Gate gate;
    gate.allow("10.1.0.0/16:5000-6000");
    CHECK(gate.permits_endpoint("10.1.2.3:5000"));
    CHECK_FALSE(gate.permits_endpoint("10.1.2.3:4999"));
    CHECK_FALSE(gate.permits_endpoint("10.2.0.1:5000"));
    // A permission names no port, so any port of the address is reason enough.
    CHECK(gate.permits("10.1.2.3"));
    gate.allow("::1/128");
    CHECK(gate.permits("::1"));
}

TEST_CASE("the allow list wins over the deny list, and the deny list over the public", "[P4]") {
    Gate gate;
    gate.deny("8.8.0.0/16");
    CHECK_FALSE(gate.permits("8.8.8.8"));
    CHECK(gate.permits("8.9.0.1"));
    gate.allow("8.8.8.8");
    CHECK(gate.permits("8.8.8.8"));
    gate.deny("9.9.9.9:53");
    CHECK(gate.permits("9.9.9.9"));
    CHECK_FALSE(gate.permits_endpoint("9.9.9.9:53"));
    CHECK(gate.permits_endpoint("9.9.9.9:54"));
}

TEST_CASE("nothing opens multicast, broadcast, the unspecified address or port 0", "[F14][H5]") {
    Gate gate;
    gate.allow("0.0.0.0/0");
    gate.allow("::/0");
    const char* address =
        GENERATE("224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "ff02::1", "::ffff:224.0.0.1");
    CHECK_FALSE(gate.permits(address));
    CHECK_FALSE(gate.permits_endpoint("8.8.8.8:0"));
    CHECK(gate.permits_endpoint("10.0.0.1:1"));
}

TEST_CASE("of our own addresses only live relays are peers", "[P4][P5][H12]") {
    Gate gate;
    gate.settings.own = {*IpAddress::parse("5.6.7.8"), *IpAddress::parse("5.6.7.9")};
    gate.settings.relayed = {*IpAddress::parse("5.6.7.8")};
    gate.live.relays.insert(*Endpoint::parse("5.6.7.8:50000"));
    CHECK(gate.permits("5.6.7.8"));  // the permission that a hairpin needs
    CHECK_FALSE(gate.permits("5.6.7.9"));
    CHECK(gate.permits_endpoint("5.6.7.8:50000"));
    CHECK_FALSE(gate.permits_endpoint("5.6.7.8:50001"));
    CHECK_FALSE(gate.permits_endpoint("5.6.7.8:3478"));
    CHECK_FALSE(gate.permits_endpoint("5.6.7.9:50000"));
}

TEST_CASE("a relay on a private address is reached through its live ports alone", "[H12][P4]") {
    Gate gate;
    gate.settings.own = {*IpAddress::parse("10.0.0.5")};
    gate.settings.relayed = gate.settings.own;
    gate.live.relays.insert(*Endpoint::parse("10.0.0.5:50000"));
    CHECK(gate.permits_endpoint("10.0.0.5:50000"));
    CHECK_FALSE(gate.permits_endpoint("10.0.0.5:50002"));
    CHECK_FALSE(gate.permits_endpoint("10.0.0.6:50000"));
}

// The same question asked with plain 128-bit arithmetic.
__extension__ using Wide = unsigned __int128;
Wide wide(protocol::Bytes octets) {
    Wide value = 0;
    for (const std::byte octet : octets) value = (value << 8) | std::to_integer<unsigned>(octet);
    return value;
}

// First and last address of every range that IANA's registries have as special and not for everyone
// (RFC 6890 and its successors), multicast and the future's: written as numbers, apart from the
// policy's own table.
struct Range {
    Wide first;
    Wide last;
};
constexpr std::array special_v4{
    Range{0x00000000, 0x00FFFFFF}, Range{0x0A000000, 0x0AFFFFFF}, Range{0x64400000, 0x647FFFFF},
    Range{0x7F000000, 0x7FFFFFFF}, Range{0xA9FE0000, 0xA9FEFFFF}, Range{0xAC100000, 0xAC1FFFFF},
    Range{0xC0000000, 0xC00000FF}, Range{0xC0000200, 0xC00002FF}, Range{0xC01FC400, 0xC01FC4FF},
    Range{0xC034C100, 0xC034C1FF}, Range{0xC0586300, 0xC05863FF}, Range{0xC0A80000, 0xC0A8FFFF},
    Range{0xC0AF3000, 0xC0AF30FF}, Range{0xC6120000, 0xC613FFFF}, Range{0xC6336400, 0xC63364FF},
    Range{0xCB007100, 0xCB0071FF}, Range{0xE0000000, 0xFFFFFFFF}};
constexpr Wide high(std::uint64_t bits) {
    return Wide{bits} << 64;
}
constexpr Range block(std::uint64_t bits, unsigned prefix) {
    return {high(bits), high(bits) + ((Wide{1} << (128 - prefix)) - 1)};
}
const std::array special_v6{Range{0, high(0x2000000000000000) - 1},
                            block(0x2001000000000000, 23),
                            block(0x20010DB800000000, 32),
                            block(0x2002000000000000, 16),
                            block(0x2620004F80000000, 48),
                            block(0x3FFF000000000000, 20),
                            Range{high(0x4000000000000000), ~Wide{0}}};

template <std::size_t Count>
bool is_special(const std::array<Range, Count>& ranges, Wide address) {
    return std::ranges::any_of(ranges, [&](const Range& range) {
        return range.first <= address && address <= range.last;
    });
}
IpAddress address_of(Wide value, bool v4) {
    if (v4) return IpAddress::v4(static_cast<std::uint32_t>(value));
    std::array<std::byte, 16> octets{};
    for (unsigned index = 0; index < 16; ++index) {
        octets[index] = static_cast<std::byte>(value >> (120 - 8 * index));
    }
    return IpAddress::v6(octets);
}

TEST_CASE("every range ends where arithmetic says, and all between them is public",
          "[P4][K3][K4][F14]") {
    const Live live;
    const PeerPolicy policy{{}, live};
    const auto judge = [&](Wide value, bool v4) {
        const bool special = v4 ? is_special(special_v4, value) : is_special(special_v6, value);
        return policy.permits(address_of(value, v4)) == !special;
    };
    for (const Range& range : special_v4) {
        for (const Wide edge : {range.first, range.last}) {
            for (const Wide value : {edge - 1, edge, edge + 1}) {
                CHECK(judge(value & 0xFFFFFFFF, true));
            }
        }
    }
    for (const Range& range : special_v6) {
        for (const Wide edge : {range.first, range.last}) {
            for (const Wide value : {edge - 1, edge, edge + 1}) CHECK(judge(value, false));
        }
    }
    std::mt19937_64 random{20261123};
    int wrong = 0;
    for (int round = 0; round < 50'000; ++round) {
        wrong += judge(random() & 0xFFFFFFFF, true) ? 0 : 1;
        const Wide any = high(random()) | random();
        wrong += judge(any, false) ? 0 : 1;
        // Most of the ranges lie in 2001::/16, which chance alone seldom finds.
        wrong += judge((any >> 16) | high(0x2001000000000000), false) ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("random ranges hold exactly the addresses that arithmetic says", "[P4]") {
    std::mt19937_64 random{20261122};
    const Live live;
    for (int round = 0; round < 2000; ++round) {
        std::array<std::byte, 16> octets{};
        for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
        octets[0] = std::byte{0x2A};  // global unicast: only the deny list decides
        const auto prefix = static_cast<std::uint8_t>(8 + random() % 121);
        const Wide mask = ~Wide{0} << (128 - prefix);
        const Wide network = wide(octets) & mask;
        std::array<std::byte, 16> base{};
        for (unsigned index = 0; index < 16; ++index) {
            base[index] = static_cast<std::byte>(network >> (120 - 8 * index));
        }
        const Subnet denied{IpAddress::v6(base), prefix};
        // An address that shares a random number of leading bits.
        auto probe = octets;
        const auto flipped = random() % 120 + 8;
        probe[flipped / 8] ^= static_cast<std::byte>(0x80U >> (flipped % 8));
        const PeerPolicy policy{{.deny = {denied}}, live};
        CHECK(policy.permits(IpAddress::v6(probe)) == ((wide(probe) & mask) != network));
    }
}

TEST_CASE("a connection is judged as a datagram is, by address and port", "[J8][P4]") {
    Gate gate;
    CHECK(gate.permits_connection("8.8.8.8:80"));
    CHECK_FALSE(gate.permits_connection("8.8.8.8:0"));
    CHECK_FALSE(gate.permits_connection("10.0.0.1:80"));
    CHECK_FALSE(gate.permits_connection("[::ffff:127.0.0.1]:80"));
    CHECK_FALSE(gate.permits_connection("224.0.0.1:80"));
    gate.allow("10.0.0.0/24:80");
    gate.deny("8.8.8.8:25");
    CHECK(gate.permits_connection("10.0.0.1:80"));
    CHECK_FALSE(gate.permits_connection("10.0.0.1:81"));
    CHECK_FALSE(gate.permits_connection("8.8.8.8:25"));
}

TEST_CASE("where our relays stand only TCP relays are connected to, whatever is allowed",
          "[J8][P5]") {
    Gate gate;
    const char* relayed = GENERATE("203.0.113.5", "2001:db8:5::5");
    gate.settings.own = gate.settings.relayed = {*IpAddress::parse(relayed)};
    gate.settings.own.push_back(*IpAddress::parse("203.0.113.6"));
    gate.allow("0.0.0.0/0");
    gate.allow("::/0");
    const IpAddress address = *IpAddress::parse(relayed);
    gate.live.relays = {{address, 50000}};
    gate.live.listeners = {{address, 50001}};
    const PeerPolicy policy{gate.settings, gate.live};
    CHECK(policy.permits_connection({address, 50001}));
    CHECK_FALSE(policy.permits_connection({address, 50000}));
    CHECK_FALSE(policy.permits_connection({address, 3478}));
}

}  // namespace
}  // namespace turnpike::auth
