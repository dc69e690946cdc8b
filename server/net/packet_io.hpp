// SPDX-License-Identifier: BSD-3-Clause
//
// Datagrams in batches, in and out, with one system call each way. Received datagrams stay in the
// batch's buffers, which have room around them for the headers of the relay, until the next
// receive(); what is to be sent is a view that has to live until flush(). Nothing blocks and
// nothing is retried: what the kernel does not take is dropped and counted. Owned by one worker,
// shared by its sockets.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/packet.hpp"
#include "server/net/socket_address.hpp"

namespace turnpike::net {

inline constexpr std::size_t batch_size = 32;

// The largest UDP payload over either family fits, so that nothing is ever cut.
inline constexpr std::size_t datagram_octets_max = 65535;
inline constexpr std::size_t buffer_octets =
    protocol::packet_headroom + datagram_octets_max + protocol::packet_tailroom;

struct Received {
    protocol::Endpoint source;
    // The address it was sent to; unspecified where the socket does not ask the kernel for it.
    protocol::IpAddress local;
    protocol::Packet packet;
    // DSCP and ECN (RFC 2474, RFC 3168); 0 where the socket does not ask the kernel for them.
    std::uint8_t traffic_class = 0;
};

class ReceiveBatch {
public:
    ReceiveBatch();

    // How many datagrams came, at most batch_size; 0 when there are none or the socket failed.
    [[nodiscard]] std::size_t receive(int socket) noexcept;
    [[nodiscard]] Received operator[](std::size_t index) noexcept;

    // A buffer for the caller's own use until the next receive().
    [[nodiscard]] protocol::MutableBytes buffer(std::size_t index) noexcept {
        return {&buffers_[index * buffer_octets], buffer_octets};
    }

private:
    static constexpr std::size_t control_octets = 64;

    std::unique_ptr<std::byte[]> buffers_;
    std::array<mmsghdr, batch_size> headers_{};
    std::array<iovec, batch_size> vectors_{};
    std::array<SocketAddress, batch_size> sources_{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_octets> octets;
    };
    std::array<Control, batch_size> controls_{};
};

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
    // The payload lives until flush(). A full batch has to be flushed first.
    void add(const Outgoing& datagram) noexcept;
    [[nodiscard]] bool full() const noexcept { return size_ == capacity; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    // Sends everything, in order per socket; yields how many the kernel refused.
    [[nodiscard]] std::size_t flush() noexcept;

    static constexpr std::size_t capacity = 64;

private:
    static constexpr std::size_t control_octets = 64;
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_octets> octets;
    };

    void set_controls(std::size_t index, const Outgoing& datagram) noexcept;
    [[nodiscard]] std::size_t send_run(std::size_t first, std::size_t last) noexcept;

    std::size_t size_ = 0;
    std::array<int, capacity> sockets_{};
    std::array<mmsghdr, capacity> headers_{};
    std::array<iovec, capacity> vectors_{};
    std::array<SocketAddress, capacity> destinations_{};
    std::array<Control, capacity> controls_{};
};

}  // namespace turnpike::net
