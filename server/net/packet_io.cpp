// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/packet_io.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

std::string_view to_string(PacketIo io) noexcept {
    switch (io) {
        case PacketIo::plain:
            return "plain";
        case PacketIo::mmsg:
            return "mmsg";
        case PacketIo::offload:
            return "offload";
    }
    return "none";
}

bool has_offload() noexcept {
    const FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    const int on = 1;
    const int none = 0;
    return socket && ::setsockopt(socket.get(), SOL_UDP, UDP_GRO, &on, sizeof on) == 0 &&
           ::setsockopt(socket.get(), SOL_UDP, UDP_SEGMENT, &none, sizeof none) == 0;
}

PacketIo best_packet_io() noexcept {
    return has_offload() ? PacketIo::offload : PacketIo::mmsg;
}

void accept_bursts(int socket) noexcept {
    const int on = 1;
    (void)::setsockopt(socket, SOL_UDP, UDP_GRO, &on, sizeof on);
}

}  // namespace turnpike::net
