// SPDX-License-Identifier: BSD-3-Clause
//
// A socket of rtnetlink's, on which the kernel answers questions about routes, neighbours and
// links, or tells of their changes; or of another family's, for questions alone. It never waits:
// the kernel has put an answer in place before the call that asked for it returns. Not thread-safe.
#pragma once

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include <boost/system/error_code.hpp>

#include "protocol/address.hpp"
#include "server/xdp/problem.hpp"

namespace turnpike::xdp {

[[nodiscard]] std::uint8_t system_family(const protocol::IpAddress& address) noexcept;

// One question, or one order.
class NetlinkRequest {
public:
    // `flags` beside NLM_F_REQUEST.
    NetlinkRequest(std::uint16_t type, std::uint16_t flags) noexcept;
    NetlinkRequest(const NetlinkRequest&) = delete;
    NetlinkRequest& operator=(const NetlinkRequest&) = delete;

    // The struct that its type begins with, zeroed; before any attribute.
    template <typename Header>
    Header& begin_with() noexcept {
        return *static_cast<Header*>(mnl_nlmsg_put_extra_header(header_, sizeof(Header)));
    }
    void put(std::uint16_t attribute, const protocol::IpAddress& address) noexcept;

    [[nodiscard]] nlmsghdr& header() noexcept { return *header_; }

private:
    alignas(nlmsghdr) std::array<std::byte, 256> octets_{};
    nlmsghdr* header_;
};

class Netlink {
public:
    using Visit = std::function<void(const nlmsghdr&)>;

    [[nodiscard]] static Outcome<Netlink> open(int family = NETLINK_ROUTE);
    // Hears what these groups (RTNLGRP_...) are told. One that this kernel does not know is left
    // out.
    [[nodiscard]] static Outcome<Netlink> listen(std::span<const int> groups);

    [[nodiscard]] int descriptor() const noexcept { return mnl_socket_get_fd(socket_.get()); }

    // Each message of the answer, then how it ended.
    [[nodiscard]] boost::system::error_code ask(NetlinkRequest& request, const Visit& visit);

    enum class Heard : std::uint8_t {
        something,
        nothing,   // for now
        too_much,  // the kernel had more to tell than there was room for: some of it is lost
    };
    [[nodiscard]] Heard hear(const Visit& visit);

private:
    struct Close {
        void operator()(mnl_socket* socket) const noexcept { mnl_socket_close(socket); }
    };

    explicit Netlink(mnl_socket* socket);

    std::unique_ptr<mnl_socket, Close> socket_;
    std::uint32_t sequence_ = 0;
    std::vector<std::byte> buffer_;
};

// The struct in front of a message's attributes; null: the message is too short for it.
template <typename Header>
[[nodiscard]] const Header* header_of(const nlmsghdr& message) noexcept {
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(Header)) return nullptr;
    return static_cast<const Header*>(mnl_nlmsg_get_payload(&message));
}

// Calls visit(const nlattr&) for each attribute from `first` on.
template <typename Visit>
void visit_between(const void* first, const void* end, Visit&& visit) {
    const auto* each = static_cast<const nlattr*>(first);
    const auto left = [&] {
        return static_cast<int>(static_cast<const char*>(end) -
                                reinterpret_cast<const char*>(each));
    };
    for (; mnl_attr_ok(each, left()); each = mnl_attr_next(each)) visit(*each);
}

// For each behind the Header.
template <typename Header, typename Visit>
void visit_attributes(const nlmsghdr& message, Visit&& visit) {
    visit_between(mnl_nlmsg_get_payload_offset(&message, sizeof(Header)),
                  mnl_nlmsg_get_payload_tail(&message), visit);
}

// For each inside another.
template <typename Visit>
void visit_nested(const nlattr& outer, Visit&& visit) {
    const auto* const first = static_cast<const char*>(mnl_attr_get_payload(&outer));
    visit_between(first, first + mnl_attr_get_payload_len(&outer), visit);
}

// None: of another size than IPv4's or IPv6's.
[[nodiscard]] std::optional<protocol::IpAddress> address_of(const nlattr& attribute) noexcept;
// 0: it is shorter than that.
[[nodiscard]] std::uint32_t number_of(const nlattr& attribute) noexcept;

}  // namespace turnpike::xdp
