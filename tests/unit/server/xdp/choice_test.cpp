// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/choice.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using protocol::IpAddress;

using Names = std::vector<std::string>;

const IpAddress outer = IpAddress::parse("192.0.2.1").value();
const IpAddress inner = IpAddress::parse("10.0.0.1").value();
const IpAddress loopback = IpAddress::parse("127.0.0.1").value();

std::vector<Interface> host() {
    const Mac mac{2, 0, 0, 0, 0, 1};
    return {
        {.link = {.index = 1, .name = "lo", .is_up = true, .is_loopback = true},
         .addresses = {loopback}},
        {.link = {.index = 2, .name = "eth0", .is_up = true, .mac = mac}, .addresses = {outer}},
        {.link = {.index = 3, .name = "eth1", .is_up = true, .mac = mac}, .addresses = {inner}}};
}

Names chosen(std::initializer_list<IpAddress> addresses, const Names& only = {}) {
    const auto links = entrances(std::vector<IpAddress>{addresses}, only, host());
    REQUIRE(links.has_value());
    Names names;
    for (const Link& each : *links) names.push_back(each.name);
    return names;
}

TEST_CASE("packets come in by the interfaces of the addresses, and by loopback none") {
    CHECK(chosen({outer}) == Names{"eth0"});
    CHECK(chosen({outer, inner}) == Names{"eth0", "eth1"});
    CHECK(chosen({loopback}).empty());
    CHECK(chosen({IpAddress::parse("0.0.0.0").value()}) == Names{"eth0", "eth1"});
}

TEST_CASE("interfaces that are named are the only ones, and have to be there") {
    CHECK(chosen({outer, inner}, {"eth1"}) == Names{"eth1"});
    CHECK(chosen({outer}, {"eth1"}).empty());
    const auto links = entrances(std::vector{outer}, {"eth0", "eth7"}, host());
    REQUIRE_FALSE(links.has_value());
    CHECK(links.error().error == boost::system::errc::no_such_device);
    CHECK(links.error().text.find("relay.interfaces: eth7") == 0);
}

TEST_CASE("whichever is good is tc for a virtual cable, and the best there is for all else") {
    const Link device{.index = 2, .name = "eth0"};
    const Link cable{.index = 3, .name = "veth0", .kind = "veth"};
    CHECK(entry_for(device, std::nullopt) == std::nullopt);
    CHECK(entry_for(cable, std::nullopt) == EntryPoint::tc);
    for (const EntryPoint wanted : {EntryPoint::xdp, EntryPoint::tc}) {
        CHECK(entry_for(device, wanted) == wanted);
        CHECK(entry_for(cable, wanted) == wanted);
    }
}

}  // namespace
}  // namespace turnpike::xdp
