// SPDX-License-Identifier: BSD-3-Clause
//
// Datagrams on their way in, of several sockets one after the other. They stay in the batch's
// buffers, which have room around each of them for the headers of the relay, until clear(). A burst
// that the kernel handed over as one is taken apart: its datagrams are moved asunder within their
// buffer, once, and are then like any others. Nothing blocks. Owned by one worker, shared by its
// sockets.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/packet.hpp"
#include "server/net/packet_io.hpp"
#include "server/net/socket_address.hpp"

namespace turnpike::net {

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
    explicit ReceiveBatch(PacketIo io = PacketIo::mmsg);

    // How many datagrams came, into the buffers that are free; 0 when there are none or the socket
    // failed. They are those from size() before the call on.
    [[nodiscard]] std::size_t receive(int socket) noexcept;
    [[nodiscard]] Received operator[](std::size_t index) noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return packets_.size(); }
    // No buffer is free: the socket may have more.
    [[nodiscard]] bool is_full() const noexcept { return used_ == batch_size; }
    // A buffer for the caller's own use until clear(). A full batch has none.
    [[nodiscard]] protocol::MutableBytes take_buffer() noexcept { return buffer(used_++); }

    // All buffers are free; views of what stood there are over.
    void clear() noexcept {
        used_ = 0;
        packets_.clear();
    }

private:
    static constexpr std::size_t control_octets = 96;

    struct Place {
        std::uint32_t slot;
        std::uint32_t offset;  // of the datagram in its buffer
        std::uint32_t octets;
    };
    // What all datagrams of a slot have in common.
    struct Origin {
        protocol::Endpoint source;
        protocol::IpAddress local;
        std::uint8_t traffic_class = 0;
    };

    [[nodiscard]] protocol::MutableBytes buffer(std::size_t slot) noexcept {
        return {&buffers_[slot * buffer_octets], buffer_octets};
    }
    [[nodiscard]] int receive_messages(int socket) noexcept;
    void take(std::size_t slot) noexcept;
    void take_apart(std::size_t slot, std::size_t octets, std::size_t segment) noexcept;

    PacketIo io_;
    std::size_t used_ = 0;
    std::vector<Place> packets_;  // never more than it has room for
    std::unique_ptr<std::byte[]> buffers_;
    std::array<Origin, batch_size> origins_{};
    std::array<mmsghdr, batch_size> headers_{};
    std::array<iovec, batch_size> vectors_{};
    std::array<SocketAddress, batch_size> sources_{};
    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_octets> octets;
    };
    std::array<Control, batch_size> controls_{};
};

}  // namespace turnpike::net
