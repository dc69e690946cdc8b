// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/lookup.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/peer_network.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

struct Host : PeerNetwork {
    Netlink netlink = must(Netlink::open());

    OrNoHop<FoundRoute> route(std::string_view destination) {
        return look_up_route(netlink, way_to(destination));
    }
    NoHop refusal(std::string_view destination) {
        const auto found = route(destination);
        REQUIRE_FALSE(found.has_value());
        return found.error();
    }
    NextHop hop(std::string_view next) const {
        return {.interface = near(), .address = address(next)};
    }
};

TEST_CASE("what is on the link is its own next hop, what is not is the gateway's") {
    Host host;
    host.ip("route add default via 192.0.2.2");
    host.ip("route add default via 2001:db8::2");
    CHECK(must(host.route("192.0.2.7")).next_hop == host.hop("192.0.2.7"));
    CHECK(must(host.route("198.51.100.7")).next_hop == host.hop("192.0.2.2"));
    CHECK(must(host.route("2001:db8::7")).next_hop == host.hop("2001:db8::7"));
    CHECK(must(host.route("2001:db8:b::7")).next_hop == host.hop("2001:db8::2"));
}

TEST_CASE("IPv4 may be handed to a neighbour of IPv6") {
    Host host;
    host.ip("route add 198.51.100.0/24 via inet6 2001:db8::2 dev near");
    CHECK(must(host.route("198.51.100.7")).next_hop == host.hop("2001:db8::2"));
}

TEST_CASE("a route's MTU is told, and that of the link is not") {
    Host host;
    host.ip("route add 198.51.100.0/24 via 192.0.2.2 mtu 1400");
    host.ip("route add 2001:db8:b::/48 via 2001:db8::2 mtu 1300");
    CHECK(must(host.route("198.51.100.7")).mtu == 1400);
    CHECK(must(host.route("2001:db8:b::7")).mtu == 1300);
    CHECK(must(host.route("192.0.2.7")).mtu == 0);
}

TEST_CASE("the route is the one for packets from this source") {
    Host host;
    host.ip("address add 192.0.2.9/24 dev near");
    host.ip("route add default via 192.0.2.2");
    host.ip("route add default via 192.0.2.3 table 7");
    host.ip("rule add from 192.0.2.9 table 7");
    CHECK(must(host.route("198.51.100.7")).next_hop == host.hop("192.0.2.2"));
    const auto other = look_up_route(
        host.netlink, {.destination = address("198.51.100.7"), .source = address("192.0.2.9")});
    CHECK(must(other).next_hop == host.hop("192.0.2.3"));
}

TEST_CASE("where nobody is to be handed a packet there is no hop, and a reason") {
    Host host;
    CHECK(host.refusal("198.51.100.7") == NoHop::no_route);
    CHECK(host.refusal("2001:db8:b::7") == NoHop::no_route);
    const std::string kind = GENERATE("blackhole", "unreachable", "prohibit");
    CAPTURE(kind);
    host.ip("route add " + kind + " 198.51.100.0/24");
    host.ip("route add " + kind + " 2001:db8:b::/48");
    CHECK(host.refusal("198.51.100.7") == NoHop::no_route);
    CHECK(host.refusal("2001:db8:b::7") == NoHop::no_route);
}

TEST_CASE("what is ours, everybody's or a group's has no hop") {
    Host host;
    host.ip("route add default via 192.0.2.2");
    host.ip("route add default via 2001:db8::2");
    CHECK(host.refusal("192.0.2.1") == NoHop::local);
    CHECK(host.refusal("127.0.0.1") == NoHop::local);
    CHECK(host.refusal("2001:db8::1") == NoHop::local);
    CHECK(host.refusal("192.0.2.255") == NoHop::group);
    CHECK(host.refusal("255.255.255.255") == NoHop::group);
    CHECK(host.refusal("224.0.0.251") == NoHop::group);
    CHECK(host.refusal("ff02::fb") == NoHop::group);
    CHECK(host.refusal("fe80::1") == NoHop::scoped);
}

TEST_CASE("from an address that is not ours, or of the other family, there is no route") {
    Host host;
    host.ip("route add default via 192.0.2.2");
    const Way foreign{.destination = address("198.51.100.7"), .source = address("192.0.2.77")};
    CHECK(look_up_route(host.netlink, foreign).error() == NoHop::no_route);
    const Way mixed{.destination = address("198.51.100.7"), .source = address("2001:db8::1")};
    CHECK(look_up_route(host.netlink, mixed).error() == NoHop::no_route);
}

TEST_CASE("a link has its MAC and its MTU, and one that is not there is none") {
    Host host;
    const auto link = look_up_link(host.netlink, host.near());
    REQUIRE(link.has_value());
    CHECK(link->name == "near");
    CHECK(link->is_up);
    CHECK(link->mac == near_mac);
    CHECK(link->mtu == 1500);
    const auto loopback = look_up_link(host.netlink, OwnNetwork::loopback);
    REQUIRE(loopback.has_value());
    CHECK(loopback->is_loopback);
    CHECK_FALSE(loopback->mac);
    CHECK_FALSE(look_up_link(host.netlink, 4'000'000));
    host.ip("tuntap add tunnel mode tun");
    const auto tunnel = look_up_link(host.netlink, ::if_nametoindex("tunnel"));
    REQUIRE(tunnel.has_value());
    CHECK_FALSE(tunnel->mac);
    CHECK(tunnel->kind == "tun");
}

TEST_CASE("a neighbour counts as known in these states") {
    Host host;
    const auto& [state, is_known, is_stale] =
        GENERATE(table<std::string, bool, bool>({{"permanent", true, false},
                                                 {"reachable", true, false},
                                                 {"noarp", true, false},
                                                 {"stale", true, true},
                                                 {"delay", true, false},
                                                 {"failed", false, false},
                                                 {"incomplete", false, false}}));
    const std::string next = GENERATE("192.0.2.7", "2001:db8::7");
    CAPTURE(state, next);
    host.ip("neigh add " + next + " lladdr 02:00:00:00:00:07 dev near nud " + state);
    const auto neighbour = look_up_neighbour(host.netlink, host.hop(next));
    CHECK(neighbour.mac.has_value() == is_known);
    CHECK(neighbour.is_stale == is_stale);
    if (is_known) CHECK(neighbour.mac == Mac{2, 0, 0, 0, 0, 7});
}

TEST_CASE("a neighbour that nobody has heard of is not known, and probing finds it") {
    Host host;
    const std::string next = GENERATE("192.0.2.2", "2001:db8::2");
    CHECK_FALSE(look_up_neighbour(host.netlink, host.hop(next)).mac);
    auto news = must(Netlink::listen(std::array<int, 1>{RTNLGRP_NEIGH}));
    CHECK_FALSE(probe_neighbour(host.netlink, host.hop(next)));
    while (!look_up_neighbour(host.netlink, host.hop(next)).mac) {
        pollfd waiting{.fd = news.descriptor(), .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&waiting, 1, 10'000) == 1);
        CHECK(news.hear([](const nlmsghdr&) {}) == Netlink::Heard::something);
    }
    CHECK(look_up_neighbour(host.netlink, host.hop(next)).mac == far_mac);
}

TEST_CASE("each reason has its words") {
    CHECK(to_string(NoHop::no_route) == "no route");
    CHECK(to_string(NoHop::full) == "no free hop");
    CHECK(to_string(NoHop::failed) == "no answer of the kernel");
}

}  // namespace
}  // namespace turnpike::xdp
