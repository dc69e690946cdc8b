// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/netlink.hpp"

#include <linux/if_link.h>
#include <sys/socket.h>

#include "tests/support/catch.hpp"
#include "tests/support/peer_network.hpp"

namespace turnpike::xdp {
namespace {

using protocol::IpAddress;
using test::must;
using test::OwnNetwork;

bool is_readable(const Netlink& netlink) {
    pollfd waiting{.fd = netlink.descriptor(), .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) == 1;
}

TEST_CASE("a question is answered at once, and each has its own answer") {
    const OwnNetwork network;
    auto netlink = must(Netlink::open());
    for (const std::uint32_t interface : {network.near(), network.far()}) {
        NetlinkRequest request{RTM_GETLINK, 0};
        request.begin_with<ifinfomsg>().ifi_index = static_cast<int>(interface);
        std::uint32_t found = 0;
        CHECK_FALSE(netlink.ask(request, [&](const nlmsghdr& message) {
            found = static_cast<std::uint32_t>(header_of<ifinfomsg>(message)->ifi_index);
        }));
        CHECK(found == interface);
    }
    CHECK_FALSE(is_readable(netlink));
}

TEST_CASE("a list is answered by as many messages as it has rows") {
    const OwnNetwork network;
    auto netlink = must(Netlink::open());
    NetlinkRequest request{RTM_GETLINK, NLM_F_DUMP};
    request.begin_with<ifinfomsg>();
    int rows = 0;
    CHECK_FALSE(netlink.ask(request, [&](const nlmsghdr&) { ++rows; }));
    CHECK(rows == 3);
}

TEST_CASE("what the kernel refuses is an error, and the next question is answered") {
    const OwnNetwork network;
    auto netlink = must(Netlink::open());
    for (const int interface : {4'000'000, static_cast<int>(OwnNetwork::loopback)}) {
        NetlinkRequest request{RTM_GETLINK, 0};
        request.begin_with<ifinfomsg>().ifi_index = interface;
        const auto error = netlink.ask(request, [](const nlmsghdr&) {});
        CHECK(error.value() == (interface == 1 ? 0 : ENODEV));
    }
}

TEST_CASE("what is told to a group is heard, and then there is nothing more") {
    const OwnNetwork network;
    // The last one is of no kernel yet.
    auto news = must(Netlink::listen(std::array<int, 2>{RTNLGRP_IPV4_IFADDR, 200}));
    CHECK(news.hear([](const nlmsghdr&) {}) == Netlink::Heard::nothing);
    OwnNetwork::command("ip address add 192.0.2.1/24 dev near");
    REQUIRE(is_readable(news));
    std::optional<IpAddress> heard;
    CHECK(news.hear([&](const nlmsghdr& message) {
        CHECK(message.nlmsg_type == RTM_NEWADDR);
        visit_attributes<ifaddrmsg>(message, [&](const nlattr& attribute) {
            if (mnl_attr_get_type(&attribute) == IFA_LOCAL) heard = address_of(attribute);
        });
    }) == Netlink::Heard::something);
    CHECK(heard == IpAddress::parse("192.0.2.1"));
    CHECK(news.hear([](const nlmsghdr&) {}) == Netlink::Heard::nothing);
}

TEST_CASE("more than there is room for is said to be lost") {
    const OwnNetwork network;
    auto news = must(Netlink::listen(std::array<int, 1>{RTNLGRP_IPV4_IFADDR}));
    const int least = 1;
    REQUIRE(::setsockopt(news.descriptor(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least) == 0);
    OwnNetwork::command(
        "for each in $(seq 1 40); do echo address add 192.0.2.$each/32 dev near; done | ip -batch "
        "-");
    CHECK(news.hear([](const nlmsghdr&) {}) == Netlink::Heard::too_much);
    while (news.hear([](const nlmsghdr&) {}) == Netlink::Heard::something) {
    }
    CHECK(news.hear([](const nlmsghdr&) {}) == Netlink::Heard::nothing);
}

TEST_CASE("an attribute of another size than it should have is none") {
    NetlinkRequest request{RTM_GETROUTE, 0};
    request.begin_with<rtmsg>();
    request.put(RTA_DST, IpAddress::parse("2001:db8::1").value());
    mnl_attr_put_u16(&request.header(), RTA_OIF, 7);
    mnl_attr_put_u32(&request.header(), RTA_PRIORITY, 9);
    int attributes = 0;
    visit_attributes<rtmsg>(request.header(), [&](const nlattr& attribute) {
        ++attributes;
        switch (mnl_attr_get_type(&attribute)) {
            case RTA_DST:
                CHECK(address_of(attribute) == IpAddress::parse("2001:db8::1"));
                break;
            case RTA_OIF:
                CHECK(number_of(attribute) == 0);
                CHECK_FALSE(address_of(attribute));
                break;
            default:
                CHECK(number_of(attribute) == 9);
        }
    });
    CHECK(attributes == 3);
    request.header().nlmsg_len = NLMSG_HDRLEN + 4;
    CHECK(header_of<rtmsg>(request.header()) == nullptr);
}

}  // namespace
}  // namespace turnpike::xdp
