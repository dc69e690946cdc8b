// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/receive_batch.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace turnpike::net {

using protocol::packet_headroom;
using protocol::packet_tailroom;

namespace {

template <typename Value>
Value value_of(const cmsghdr& control) noexcept {
    Value value{};
    std::memcpy(&value, CMSG_DATA(&control), sizeof value);
    return value;
}

// What the kernel tells beside the payload: IP_PKTINFO and IPV6_PKTINFO name the local address of a
// datagram; IP_TOS and IPV6_TCLASS its DSCP and ECN, in one octet or in an int; UDP_GRO how long
// each datagram of a burst is.
struct Controls {
    protocol::IpAddress local;
    std::uint8_t traffic_class = 0;
    int segment = 0;  // 0: no burst
};

Controls read_controls(msghdr& header) noexcept {
    Controls found;
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(&header, control)) {
        const int type = control->cmsg_type;
        if (control->cmsg_level == IPPROTO_IP && type == IP_PKTINFO) {
            found.local = from_kernel(value_of<in_pktinfo>(*control).ipi_addr);
        } else if (control->cmsg_level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
            found.local = from_kernel(value_of<in6_pktinfo>(*control).ipi6_addr);
        } else if (control->cmsg_level == IPPROTO_IP && type == IP_TOS) {
            found.traffic_class = value_of<std::uint8_t>(*control);
        } else if (control->cmsg_level == IPPROTO_IPV6 && type == IPV6_TCLASS) {
            found.traffic_class = static_cast<std::uint8_t>(value_of<int>(*control));
        } else if (control->cmsg_level == SOL_UDP && type == UDP_GRO) {
            found.segment = value_of<int>(*control);
        }
    }
    return found;
}

}  // namespace

ReceiveBatch::ReceiveBatch(PacketIo io)
    : io_{io}, buffers_{std::make_unique_for_overwrite<std::byte[]>(batch_size * buffer_octets)} {
    const std::size_t segments = io == PacketIo::offload ? burst_segments_max : 1;
    packets_.reserve(batch_size * segments);
    for (std::size_t slot = 0; slot < batch_size; ++slot) {
        vectors_[slot] = {&buffers_[slot * buffer_octets + packet_headroom], datagram_octets_max};
        msghdr& header = headers_[slot].msg_hdr;
        header.msg_iov = &vectors_[slot];
        header.msg_iovlen = 1;
        header.msg_name = sources_[slot].data();
        header.msg_control = controls_[slot].octets.data();
    }
}

int ReceiveBatch::receive_messages(int socket) noexcept {
    const auto free = static_cast<unsigned>(batch_size - used_);
    if (io_ != PacketIo::plain) {
        return ::recvmmsg(socket, &headers_[used_], free, MSG_DONTWAIT, nullptr);
    }
    int count = 0;
    for (std::size_t slot = used_; slot < batch_size; ++slot, ++count) {
        const auto octets = ::recvmsg(socket, &headers_[slot].msg_hdr, MSG_DONTWAIT);
        if (octets < 0) return count > 0 ? count : -1;
        headers_[slot].msg_len = static_cast<unsigned>(octets);
    }
    return count;
}

std::size_t ReceiveBatch::receive(int socket) noexcept {
    if (is_full()) return 0;
    for (std::size_t slot = used_; slot < batch_size; ++slot) {
        headers_[slot].msg_hdr.msg_namelen = SocketAddress::capacity;
        headers_[slot].msg_hdr.msg_controllen = control_octets;
    }
    int count = receive_messages(socket);
    // An ICMP error for a datagram that was sent before is reported once, in place of what waits
    // here. It stands in the error queue too.
    if (count < 0 && errno != EAGAIN) count = receive_messages(socket);
    const std::size_t before = packets_.size();
    for (int taken = 0; taken < count; ++taken) take(used_++);
    return packets_.size() - before;
}

void ReceiveBatch::take(std::size_t slot) noexcept {
    const Controls controls = read_controls(headers_[slot].msg_hdr);
    origins_[slot] = {sources_[slot].endpoint(), controls.local, controls.traffic_class};
    const std::size_t octets = headers_[slot].msg_len;
    if (controls.segment > 0 && static_cast<std::size_t>(controls.segment) < octets) {
        return take_apart(slot, octets, static_cast<std::size_t>(controls.segment));
    }
    packets_.push_back(
        {static_cast<std::uint32_t>(slot), packet_headroom, static_cast<std::uint32_t>(octets)});
}

// The last moves first, and farthest, so that nothing is written over before it has moved.
void ReceiveBatch::take_apart(std::size_t slot, std::size_t octets, std::size_t segment) noexcept {
    std::byte* const begin = buffer(slot).data() + packet_headroom;
    const std::size_t segments = std::min((octets + segment - 1) / segment, burst_segments_max);
    for (std::size_t index = segments - 1; index > 0; --index) {
        std::memmove(begin + index * (segment + segment_room), begin + index * segment,
                     std::min(segment, octets - index * segment));
    }
    for (std::size_t index = 0; index < segments; ++index) {
        packets_.push_back(
            {static_cast<std::uint32_t>(slot),
             static_cast<std::uint32_t>(packet_headroom + index * (segment + segment_room)),
             static_cast<std::uint32_t>(std::min(segment, octets - index * segment))});
    }
}

Received ReceiveBatch::operator[](std::size_t index) noexcept {
    const Place& place = packets_[index];
    const Origin& origin = origins_[place.slot];
    const protocol::MutableBytes room =
        buffer(place.slot)
            .subspan(place.offset - packet_headroom,
                     packet_headroom + place.octets + packet_tailroom);
    return {.source = origin.source,
            .local = origin.local,
            .packet = {room, packet_headroom, place.octets},
            .traffic_class = origin.traffic_class};
}

}  // namespace turnpike::net
