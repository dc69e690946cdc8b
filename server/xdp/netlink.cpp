// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/netlink.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace turnpike::xdp {

using protocol::IpAddress;

namespace {

constexpr std::size_t buffer_octets = 32'768;  // more than the kernel puts into one datagram
constexpr int backlog_octets = 1 << 20;        // of what is told and not yet heard

int hand_on(const nlmsghdr* message, void* visit) {
    (*static_cast<const Netlink::Visit*>(visit))(*message);
    return MNL_CB_OK;
}

boost::system::error_code failure(int number) noexcept {
    return {number, boost::system::system_category()};
}

}  // namespace

std::uint8_t system_family(const IpAddress& address) noexcept {
    return address.is_v4() ? AF_INET : AF_INET6;
}

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags) noexcept
    : header_{mnl_nlmsg_put_header(octets_.data())} {
    header_->nlmsg_type = type;
    header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
}

void NetlinkRequest::put(std::uint16_t attribute, const IpAddress& address) noexcept {
    const protocol::Bytes octets = address.octets();
    mnl_attr_put(header_, attribute, octets.size(), octets.data());
}

Netlink::Netlink(mnl_socket* socket) : socket_{socket}, buffer_(buffer_octets) {}

Outcome<Netlink> Netlink::open(int family) {
    mnl_socket* const socket = mnl_socket_open2(family, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket == nullptr) return problem(errno, "opening netlink");
    Netlink made{socket};
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
        return problem(errno, "binding netlink");
    }
    return made;
}

Outcome<Netlink> Netlink::listen(std::span<const int> groups) {
    auto made = open();
    if (!made) return made;
    // Beyond net.core.rmem_max only with rights; what the system gives otherwise will do.
    static_cast<void>(::setsockopt(made->descriptor(), SOL_SOCKET, SO_RCVBUF, &backlog_octets,
                                   sizeof backlog_octets));
    for (int number : groups) {
        if (mnl_socket_setsockopt(made->socket_.get(), NETLINK_ADD_MEMBERSHIP, &number,
                                  sizeof number) < 0 &&
            errno != EINVAL) {
            return problem(errno, "listening to group " + std::to_string(number) + " of rtnetlink");
        }
    }
    return made;
}

boost::system::error_code Netlink::ask(NetlinkRequest& request, const Visit& visit) {
    nlmsghdr& header = request.header();
    header.nlmsg_seq = ++sequence_;
    // A dump ends with a message that says so; any other answer ends with this.
    if ((header.nlmsg_flags & NLM_F_DUMP) == 0) header.nlmsg_flags |= NLM_F_ACK;
    if (mnl_socket_sendto(socket_.get(), &header, header.nlmsg_len) < 0) return failure(errno);
    const unsigned int port = mnl_socket_get_portid(socket_.get());
    Visit copy = visit;
    while (true) {
        const auto got = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
        if (got < 0) return failure(errno);
        const auto octets = static_cast<std::size_t>(got);
        // What is left of an answer that was given up is of another number, and is passed over.
        const auto* const first = reinterpret_cast<const nlmsghdr*>(buffer_.data());
        if (octets >= sizeof *first && first->nlmsg_seq != sequence_) continue;
        const int more = mnl_cb_run(buffer_.data(), octets, sequence_, port, hand_on, &copy);
        if (more < MNL_CB_STOP) return failure(errno);
        if (more == MNL_CB_STOP) return {};
    }
}

Netlink::Heard Netlink::hear(const Visit& visit) {
    const auto got = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR ? Heard::nothing : Heard::too_much;
    Visit copy = visit;
    const int ran = mnl_cb_run(buffer_.data(), static_cast<std::size_t>(got), 0, 0, hand_on, &copy);
    return ran < MNL_CB_STOP ? Heard::too_much : Heard::something;
}

std::optional<IpAddress> address_of(const nlattr& attribute) noexcept {
    const protocol::Bytes octets{static_cast<const std::byte*>(mnl_attr_get_payload(&attribute)),
                                 mnl_attr_get_payload_len(&attribute)};
    if (octets.size() == 4) return IpAddress::v4(octets.first<4>());
    if (octets.size() == 16) return IpAddress::v6(octets.first<16>());
    return std::nullopt;
}

std::uint32_t number_of(const nlattr& attribute) noexcept {
    return mnl_attr_get_payload_len(&attribute) < sizeof(std::uint32_t)
               ? 0
               : mnl_attr_get_u32(&attribute);
}

}  // namespace turnpike::xdp
