// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/interfaces.hpp"

#include <linux/if_addr.h>
#include <linux/if_link.h>

#include <algorithm>
#include <cerrno>

namespace turnpike::xdp {

using protocol::IpAddress;

namespace {

// What changes while it is listed makes the list a mixture, and the kernel says so.
constexpr int attempts_max = 5;

// On a cable to somebody, IFA_ADDRESS is the other end.
void read_address(const nlmsghdr& message, std::vector<Interface>& interfaces) {
    const auto* const header = header_of<ifaddrmsg>(message);
    if (message.nlmsg_type != RTM_NEWADDR || header == nullptr) return;
    std::optional<IpAddress> local;
    std::optional<IpAddress> address;
    visit_attributes<ifaddrmsg>(message, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == IFA_LOCAL) local = address_of(attribute);
        if (mnl_attr_get_type(&attribute) == IFA_ADDRESS) address = address_of(attribute);
    });
    if (!local) local = address;
    const auto carrier = std::ranges::find(interfaces, header->ifa_index,
                                           [](const Interface& each) { return each.link.index; });
    if (local && carrier != interfaces.end()) carrier->addresses.push_back(*local);
}

boost::system::error_code list(Netlink& netlink, std::vector<Interface>& interfaces) {
    interfaces.clear();
    NetlinkRequest links{RTM_GETLINK, NLM_F_DUMP};
    links.begin_with<ifinfomsg>();
    if (const auto error = netlink.ask(links, [&](const nlmsghdr& message) {
            if (auto link = read_link(message)) interfaces.push_back({std::move(*link), {}});
        })) {
        return error;
    }
    NetlinkRequest addresses{RTM_GETADDR, NLM_F_DUMP};
    addresses.begin_with<ifaddrmsg>();
    return netlink.ask(addresses,
                       [&](const nlmsghdr& message) { read_address(message, interfaces); });
}

bool is_loopback(const IpAddress& address) noexcept {
    const protocol::Bytes octets = address.octets();
    if (address.is_v4()) return octets[0] == std::byte{127};
    return octets.back() == std::byte{1} &&
           std::ranges::all_of(octets.first(15),
                               [](std::byte each) { return each == std::byte{}; });
}

bool carries(const Interface& interface, const IpAddress& address) noexcept {
    return std::ranges::find(interface.addresses, address) != interface.addresses.end();
}

bool is_dummy(const Interface& interface) noexcept {
    return interface.link.is_loopback || interface.link.kind == "dummy";
}

// By whichever interface: datagrams for it do not come in where it lies.
bool comes_by_any(const IpAddress& address, std::span<const Interface> all) {
    if (address.is_unspecified()) return true;
    return !is_loopback(address) && std::ranges::any_of(all, [&](const Interface& each) {
        return is_dummy(each) && carries(each, address);
    });
}

}  // namespace

Outcome<std::vector<Interface>> all_interfaces() {
    auto netlink = Netlink::open();
    if (!netlink) return netlink.error();
    std::vector<Interface> interfaces;
    boost::system::error_code error;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        error = list(*netlink, interfaces);
        if (error.value() != EINTR) break;
    }
    if (error) return problem(error.value(), "listing the interfaces");
    return interfaces;
}

bool is_entrance(const Interface& interface, std::span<const Interface> all) {
    const Link& link = interface.link;
    if (!link.is_up || !link.mac || link.kind == "vrf" || is_dummy(interface)) return false;
    const auto master =
        std::ranges::find(all, link.master, [](const Interface& each) { return each.link.index; });
    return link.master == 0 || (master != all.end() && master->link.kind == "vrf");
}

std::vector<Interface> interfaces_of(std::span<const IpAddress> local,
                                     std::span<const Interface> all) {
    const bool has_any = std::ranges::any_of(
        local, [&](const IpAddress& address) { return comes_by_any(address, all); });
    std::vector<Interface> chosen;
    std::ranges::copy_if(all, std::back_inserter(chosen), [&](const Interface& each) {
        if (has_any && is_entrance(each, all)) return true;
        return std::ranges::any_of(
            local, [&](const IpAddress& address) { return carries(each, address); });
    });
    return chosen;
}

}  // namespace turnpike::xdp
