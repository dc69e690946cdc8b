// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/interfaces.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::xdp {
namespace {

using protocol::IpAddress;
using test::OwnNetwork;

using Names = std::vector<std::string>;

Names by(std::initializer_list<std::string_view> local) {
    std::vector<IpAddress> addresses;
    for (const auto text : local) addresses.push_back(IpAddress::parse(text).value());
    const auto all = all_interfaces();
    REQUIRE(all.has_value());
    Names names;
    for (const Interface& each : interfaces_of(addresses, *all)) names.push_back(each.link.name);
    std::ranges::sort(names);
    return names;
}

struct Site {
    OwnNetwork network;
    Site() {
        OwnNetwork::command("ip address add 192.0.2.1/24 dev near");
        OwnNetwork::command("ip address add 2001:db8::1/64 dev near nodad");
        OwnNetwork::command("ip address add 198.51.100.1 peer 198.51.100.2 dev far");
    }
};

TEST_CASE("an address leads to the interface that carries it, and another to none") {
    const Site site;
    CHECK(by({"192.0.2.1"}) == Names{"near"});
    CHECK(by({"2001:db8::1"}) == Names{"near"});
    CHECK(by({"198.51.100.1"}) == Names{"far"});
    CHECK(by({"192.0.2.1", "198.51.100.1"}) == Names{"far", "near"});
    CHECK(by({"127.0.0.1"}) == Names{"lo"});
    CHECK(by({"::1"}) == Names{"lo"});
    CHECK(by({"203.0.113.1"}).empty());
}

TEST_CASE("what an interface is, as the kernel says it") {
    const Site site;
    OwnNetwork::command("ip link set near address 02:00:00:00:00:07 mtu 1400");
    const auto all = all_interfaces();
    REQUIRE(all.has_value());
    const auto near = std::ranges::find(*all, site.network.near(),
                                        [](const Interface& each) { return each.link.index; });
    REQUIRE(near != all->end());
    CHECK(near->link.kind == "veth");
    CHECK(near->link.is_up);
    CHECK_FALSE(near->link.is_loopback);
    CHECK(near->link.mac == Mac{2, 0, 0, 0, 0, 7});
    CHECK(near->link.mtu == 1400);
    CHECK(near->link.master == 0);
    CHECK(all->front().link.is_loopback);
    CHECK_FALSE(is_entrance(all->front(), *all));
}

TEST_CASE("an unspecified address comes in by all that are up and have Ethernet") {
    const Site site;
    const auto wildcard = GENERATE("0.0.0.0", "::");
    CHECK(by({wildcard}) == Names{"far", "near"});
    OwnNetwork::command("ip link set far down");
    CHECK(by({wildcard}).empty());  // near has no carrier either
}

TEST_CASE("an address on loopback that is not loopback's comes in by any") {
    const Site site;
    OwnNetwork::command("ip address add 203.0.113.1/32 dev lo");
    CHECK(by({"203.0.113.1"}) == Names{"far", "lo", "near"});
}

TEST_CASE("a bridge comes in place of its ports") {
    const Site site;
    OwnNetwork::command("ip link add bridge type bridge && ip link set bridge up");
    OwnNetwork::command("ip link set near master bridge");
    OwnNetwork::command("ip address add 203.0.113.1/24 dev bridge");
    CHECK(by({"203.0.113.1"}) == Names{"bridge"});
    CHECK(by({"0.0.0.0"}) == Names{"bridge", "far"});
}

// Of kinds that a kernel may lack.
TEST_CASE(
    "an entrance is up and has Ethernet; a part of a VRF is one, a dummy or a tunnel is not") {
    const Mac mac{2, 0, 0, 0, 0, 1};
    const IpAddress anycast = IpAddress::parse("203.0.113.2").value();
    const std::vector<Interface> all{
        {.link = {.index = 2, .name = "cable", .is_up = true, .mac = mac}, .addresses = {}},
        {.link = {.index = 3, .name = "down", .mac = mac}, .addresses = {}},
        {.link = {.index = 4, .name = "tunnel", .kind = "tun", .is_up = true}, .addresses = {}},
        {.link = {.index = 5, .name = "bare", .kind = "dummy", .is_up = true, .mac = mac},
         .addresses = {anycast}},
        {.link = {.index = 6, .name = "blue", .kind = "vrf", .is_up = true, .mac = mac},
         .addresses = {}},
        {.link = {.index = 7, .name = "part", .is_up = true, .mac = mac, .master = 6},
         .addresses = {}},
        {.link = {.index = 8, .name = "port", .is_up = true, .mac = mac, .master = 77},
         .addresses = {}},
    };
    Names entrances;
    for (const Interface& each : all) {
        if (is_entrance(each, all)) entrances.push_back(each.link.name);
    }
    CHECK(entrances == Names{"cable", "part"});
    Names chosen;
    for (const Interface& each : interfaces_of(std::span{&anycast, 1}, all)) {
        chosen.push_back(each.link.name);
    }
    CHECK(chosen == Names{"cable", "bare", "part"});
}

}  // namespace
}  // namespace turnpike::xdp
