// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/inherited_sockets.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <stdexcept>

#include "server/net/socket_options.hpp"
#include "server/net/udp_listener.hpp"

namespace turnpike::net {

using protocol::Endpoint;
using protocol::Family;

namespace {

[[nodiscard]] int option_of(const FileDescriptor& socket, int level, int name) noexcept {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(socket.get(), level, name, &value, &size) == 0 ? value : -1;
}

[[noreturn]] void refuse(const std::string& which, const std::string& advice) {
    throw std::runtime_error{"the socket that was passed to us, " + which +
                             ", is of no use: " + advice};
}

void check_family(const FileDescriptor& socket) {
    const int domain = option_of(socket, SOL_SOCKET, SO_DOMAIN);
    if (domain == AF_INET || domain == AF_INET6) return;
    refuse("descriptor " + std::to_string(socket.get()),
           "it is no Internet socket; name addresses with ports in ListenDatagram= and "
           "ListenStream=");
}

// IPv4 clients of such a socket would have addresses that nobody else has.
void check_single_family(const Inherited& inherited) {
    if (inherited.endpoint.address.family() != Family::ipv6) return;
    if (option_of(inherited.descriptor, IPPROTO_IPV6, IPV6_V6ONLY) == 1) return;
    refuse(inherited.to_string(),
           "it takes IPv4 too; set BindIPv6Only=ipv6-only in the socket unit, and name the IPv4 "
           "address in a line of its own");
}

void check_type(const Inherited& inherited) {
    const bool is_listener = option_of(inherited.descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1;
    if (inherited.type == SOCK_DGRAM || (inherited.type == SOCK_STREAM && is_listener)) return;
    refuse(inherited.to_string(),
           "it is neither a datagram socket nor a listener; use ListenDatagram= and ListenStream= "
           "with Accept=no");
}

void make_ours(const FileDescriptor& socket) {
    const int flags = ::fcntl(socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0 ||
        ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC) != 0) {
        refuse("descriptor " + std::to_string(socket.get()), last_error().message());
    }
}

[[nodiscard]] Inherited adopted(FileDescriptor socket) {
    check_family(socket);
    make_ours(socket);
    const Endpoint endpoint = bound_to(socket.get());
    const int type = option_of(socket, SOL_SOCKET, SO_TYPE);
    Inherited inherited{.endpoint = endpoint, .type = type, .descriptor = std::move(socket)};
    check_type(inherited);
    check_single_family(inherited);
    return inherited;
}

}  // namespace

std::string Inherited::to_string() const {
    return (type == SOCK_DGRAM ? "UDP " : "TCP ") + endpoint.to_string();
}

InheritedSockets::InheritedSockets(std::span<const int> descriptors) {
    std::vector<FileDescriptor> owned;
    for (const int descriptor : descriptors) owned.emplace_back(descriptor);
    for (FileDescriptor& each : owned) sockets_.push_back(adopted(std::move(each)));
}

bool InheritedSockets::has(const Endpoint& endpoint, int type) const noexcept {
    return std::ranges::any_of(sockets_, [&](const Inherited& each) {
        return each.type == type && each.endpoint == endpoint;
    });
}

std::optional<FileDescriptor> InheritedSockets::take_udp_listener(const Endpoint& endpoint) {
    const auto found = std::ranges::find_if(sockets_, [&](const Inherited& each) {
        return !each.is_claimed && each.type == SOCK_DGRAM && each.endpoint == endpoint;
    });
    if (found == sockets_.end()) return std::nullopt;
    if (const auto error = prepare_udp_listener(found->descriptor, endpoint.address.family())) {
        refuse(found->to_string(), error.message());
    }
    found->is_claimed = true;
    return std::move(found->descriptor);
}

void InheritedSockets::give_back_udp_listener(FileDescriptor socket) noexcept {
    const Endpoint endpoint = bound_to(socket.get());
    const auto found = std::ranges::find_if(sockets_, [&](const Inherited& each) {
        return each.is_claimed && !each.descriptor && each.endpoint == endpoint;
    });
    if (found == sockets_.end()) return;
    found->descriptor = std::move(socket);
    found->is_claimed = false;
}

protocol::Result<FileDescriptor> InheritedSockets::share_tcp_listener(const Endpoint& endpoint) {
    const auto found = std::ranges::find_if(sockets_, [&](const Inherited& each) {
        return each.type == SOCK_STREAM && each.endpoint == endpoint;
    });
    if (found == sockets_.end()) {
        return boost::system::error_code{EBADF, boost::system::system_category()};
    }
    found->is_claimed = true;
    FileDescriptor duplicate{::fcntl(found->descriptor.get(), F_DUPFD_CLOEXEC, 0)};
    if (!duplicate) return last_error();
    return duplicate;
}

std::vector<std::string> InheritedSockets::unclaimed() const {
    std::vector<std::string> names;
    for (const Inherited& each : sockets_) {
        if (!each.is_claimed) names.push_back(each.to_string());
    }
    return names;
}

}  // namespace turnpike::net
