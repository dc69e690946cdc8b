// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/network_changes.hpp"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using protocol::IpAddress;

IpAddress address(std::string_view text) {
    return IpAddress::parse(text).value();
}

void hear_route(NetworkChanges& changes, std::string_view text, std::uint8_t bits) {
    NetlinkRequest message{RTM_NEWROUTE, 0};
    auto& header = message.begin_with<rtmsg>();
    header.rtm_family = system_family(address(text));
    header.rtm_dst_len = bits;
    message.put(RTA_DST, address(text));
    changes.note(message.header());
}

TEST_CASE("a prefix contains what begins like it") {
    const auto& [text, bits, inside, outside] =
        GENERATE(table<std::string, int, std::string, std::string>({
            {"192.0.2.0", 24, "192.0.2.255", "192.0.3.0"},
            {"192.0.2.128", 25, "192.0.2.128", "192.0.2.127"},
            {"10.0.0.0", 7, "11.1.1.1", "12.0.0.0"},
            {"192.0.2.1", 32, "192.0.2.1", "192.0.2.0"},
            {"0.0.0.0", 0, "192.0.2.1", "2001:db8::1"},
            {"2001:db8::", 33, "2001:db8:7fff::1", "2001:db8:8000::1"},
            {"2001:db8::1", 128, "2001:db8::1", "2001:db8::2"},
            {"::", 0, "2001:db8::1", "192.0.2.1"},
        }));
    const Prefix prefix{address(text), static_cast<std::uint8_t>(bits)};
    CHECK(prefix.contains(address(inside)));
    CHECK_FALSE(prefix.contains(address(outside)));
}

TEST_CASE("a route concerns its destinations, a default route its family") {
    NetworkChanges changes;
    CHECK_FALSE(changes.concern(address("198.51.100.7")));
    hear_route(changes, "198.51.100.0", 24);
    CHECK(changes.concern(address("198.51.100.7")));
    CHECK_FALSE(changes.concern(address("203.0.113.7")));
    hear_route(changes, "::", 0);
    CHECK(changes.concern(address("2001:db8::1")));
    CHECK_FALSE(changes.concern(address("203.0.113.7")));
}

TEST_CASE("so many routes concern everybody") {
    NetworkChanges changes;
    for (std::uint32_t each = 0; each <= NetworkChanges::prefixes_max; ++each) {
        CHECK_FALSE(changes.concern(address("203.0.113.7")));
        hear_route(changes, IpAddress::v4(0x0A000000U + each).to_string(), 32);
    }
    CHECK(changes.concern(address("203.0.113.7")));
    CHECK(changes.concern(address("2001:db8::1")));
}

TEST_CASE(
    "a rule, or an address that is gone, concerns its family; a new address comes with routes") {
    NetworkChanges changes;
    NetlinkRequest added{RTM_NEWADDR, 0};
    added.begin_with<ifaddrmsg>().ifa_family = AF_INET;
    changes.note(added.header());
    CHECK_FALSE(changes.concern(address("203.0.113.7")));
    NetlinkRequest gone{RTM_DELADDR, 0};
    gone.begin_with<ifaddrmsg>().ifa_family = AF_INET;
    changes.note(gone.header());
    CHECK(changes.concern(address("203.0.113.7")));
    CHECK_FALSE(changes.concern(address("2001:db8::1")));
    NetlinkRequest rule{RTM_NEWRULE, 0};
    rule.begin_with<fib_rule_hdr>().family = AF_INET6;
    changes.note(rule.header());
    CHECK(changes.concern(address("2001:db8::1")));
}

TEST_CASE("neighbours and links are named; what bridges learn is not ours") {
    NetworkChanges changes;
    for (const int family : {AF_INET, AF_BRIDGE}) {
        NetlinkRequest message{RTM_DELNEIGH, 0};
        auto& header = message.begin_with<ndmsg>();
        header.ndm_family = static_cast<std::uint8_t>(family);
        header.ndm_ifindex = family == AF_INET ? 3 : 4;
        message.put(NDA_DST, address("192.0.2.7"));
        changes.note(message.header());
    }
    CHECK(changes.neighbours == std::set<NextHop>{{3, address("192.0.2.7")}});
    NetlinkRequest link{RTM_DELLINK, 0};
    link.begin_with<ifinfomsg>().ifi_index = 9;
    changes.note(link.header());
    CHECK(changes.links == std::set<std::uint32_t>{9});
    CHECK_FALSE(changes.concern(address("192.0.2.7")));
}

TEST_CASE("when something was lost, everybody is concerned") {
    const NetworkChanges changes{.neighbours = {}, .links = {}, .prefixes = {}, .lost = true};
    CHECK(changes.concern(address("192.0.2.7")));
    CHECK(changes.concern(address("2001:db8::1")));
}

}  // namespace
}  // namespace turnpike::xdp
