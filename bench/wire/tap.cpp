// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/tap.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "bench/load/failure.hpp"

namespace turnpike::wire {
namespace {

constexpr std::size_t frame_octets_max = 65536;
// A frame of each of some thousand lanes.
constexpr int buffer_octets = 64 << 20;

}  // namespace

Tap::Tap()
    : socket_{::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL))},
      room_(frame_octets_max) {
    if (!socket_) throw bench::BadStart{std::string{"packet socket: "} + std::strerror(errno)};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &buffer_octets, sizeof buffer_octets);
}

std::optional<Tap::Seen> Tap::next() {
    sockaddr_ll from{};
    socklen_t length = sizeof from;
    const ssize_t octets = recvfrom(socket_.get(), room_.data(), room_.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &length);
    if (octets < 0) return std::nullopt;
    return Seen{.octets = std::span{room_}.first(static_cast<std::size_t>(octets)),
                .interface = static_cast<std::uint32_t>(from.sll_ifindex),
                .is_outgoing = from.sll_pkttype == PACKET_OUTGOING};
}

}  // namespace turnpike::wire
