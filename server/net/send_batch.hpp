// SPDX-License-Identifier: BSD-3-Clause
//
// Datagrams on their way out. What is to be sent is a view that has to live until flush(). With
// offload, datagrams of one length that follow each other to the same receiver go to the kernel as
// one; a path that refuses that gets them one by one, and no bursts for a while. Nothing blocks and
// nothing is retried: what the kernel does not take is dropped and counted. Owned by one worker,
// shared by its sockets.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "server/net/packet_io.hpp"
#include "server/net/socket_address.hpp"

namespace turnpike::net {

struct Outgoing {
    int socket = -1;
    protocol::Endpoint destination;
    // Where the datagram leaves from; unspecified: as the socket is bound.
    protocol::IpAddress source;
    protocol::Bytes payload;
    std::uint8_t traffic_class = 0;  // DSCP and ECN
};

class SendBatch {
public:
    explicit SendBatch(PacketIo io = PacketIo::mmsg) noexcept : io_{io} {}

    // The payload lives until flush(). A full batch has to be flushed first.
    void add(const Outgoing& datagram) noexcept;
    [[nodiscard]] bool full() const noexcept {
        return messages_ == capacity || datagrams_ == datagrams_max;
    }
    [[nodiscard]] bool empty() const noexcept { return messages_ == 0; }

    // Sends everything, in order per socket; yields how many the kernel refused.
    [[nodiscard]] std::size_t flush() noexcept;

    static constexpr std::size_t capacity = 64;

private:
    static constexpr std::size_t datagrams_max = 1024;
    static constexpr std::size_t control_octets = 96;
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_octets> octets;
    };
    // What the last message is made of, to see whether a datagram can go along.
    struct Burst {
        Outgoing like;           // its first datagram
        std::size_t octets = 0;  // of all of them
        bool is_closed = true;   // a shorter one ends it
    };

    [[nodiscard]] bool goes_along(const Outgoing& datagram) const noexcept;
    void join(const Outgoing& datagram) noexcept;
    void set_controls(std::size_t index, const Outgoing& datagram) noexcept;
    [[nodiscard]] std::size_t send_run(std::size_t first, std::size_t last) noexcept;
    [[nodiscard]] int send_messages(std::size_t first, std::size_t last) noexcept;
    [[nodiscard]] std::size_t send_apart(std::size_t index) noexcept;

    PacketIo io_;
    Burst burst_;
    // Datagrams that still go alone, since a path refused a burst.
    unsigned alone_ = 0;
    std::size_t messages_ = 0;
    std::size_t datagrams_ = 0;
    std::array<int, capacity> sockets_{};
    std::array<mmsghdr, capacity> headers_{};
    std::array<SocketAddress, capacity> destinations_{};
    std::array<Control, capacity> controls_{};
    std::array<iovec, datagrams_max> vectors_{};  // by message, one for each datagram
};

}  // namespace turnpike::net
