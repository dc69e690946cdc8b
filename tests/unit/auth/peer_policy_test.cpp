// SPDX-License-Identifier: BSD-3-Clause
#include "auth/peer_policy.hpp"

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
    std::set<Endpoint> relays;
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
    // Even where the tunnel's own range is allowed, what hides in it is judged.
    for (const char* tunnel :
         {"::ffff:0:0/96", "::/96", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32"}) {
        if (GENERATE(false, true)) gate.allow(tunnel);
    }
    const char* address =
        GENERATE("::ffff:10.0.0.1", "::10.0.0.1", "2002:a00:1::1", "64:ff9b::10.0.0.1",
                 "64:ff9b:1:a00:0:100::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
                 "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::127.0.0.1");
    CHECK_FALSE(gate.permits(address));
}

TEST_CASE("tunnels are refused though they hide a public address", "[K3]") {
    Gate gate;
    const char* address = GENERATE("::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::8.8.8.8",
                                   "2001:0:4136:e378:8000:63bf:f7f7:f7f7");
    CHECK_FALSE(gate.permits(address));
    gate.allow("64:ff9b::/96");
    CHECK(gate.permits("64:ff9b::8.8.8.8"));
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

}  // namespace
}  // namespace turnpike::auth
