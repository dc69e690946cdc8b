// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/packet_io.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

namespace turnpike::net {

using protocol::IpAddress;

namespace {

// How often a datagram is tried again after an error that may be another's. More than one can only
// come while its own system calls run.
constexpr int pending_errors_max = 2;

template <typename Value>
Value value_of(const cmsghdr& control) noexcept {
    Value value{};
    std::memcpy(&value, CMSG_DATA(&control), sizeof value);
    return value;
}

// What the kernel tells beside the payload: IP_PKTINFO and IPV6_PKTINFO name the local address of a
// datagram, in and out; IP_TOS and IPV6_TCLASS its DSCP and ECN, in one octet or in an int.
void read_controls(msghdr& header, Received& datagram) noexcept {
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(&header, control)) {
        const int type = control->cmsg_type;
        if (control->cmsg_level == IPPROTO_IP && type == IP_PKTINFO) {
            datagram.local = from_kernel(value_of<in_pktinfo>(*control).ipi_addr);
        } else if (control->cmsg_level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
            datagram.local = from_kernel(value_of<in6_pktinfo>(*control).ipi6_addr);
        } else if (control->cmsg_level == IPPROTO_IP && type == IP_TOS) {
            datagram.traffic_class = value_of<std::uint8_t>(*control);
        } else if (control->cmsg_level == IPPROTO_IPV6 && type == IPV6_TCLASS) {
            datagram.traffic_class = static_cast<std::uint8_t>(value_of<int>(*control));
        }
    }
}

template <typename Value>
void append_control(msghdr& header, int level, int type, const Value& value) noexcept {
    auto* place = static_cast<std::byte*>(header.msg_control) + header.msg_controllen;
    cmsghdr control{};
    control.cmsg_len = CMSG_LEN(sizeof value);
    control.cmsg_level = level;
    control.cmsg_type = type;
    std::memcpy(place, &control, sizeof control);
    std::memcpy(place + CMSG_LEN(0), &value, sizeof value);
    header.msg_controllen += CMSG_SPACE(sizeof value);
}

}  // namespace

ReceiveBatch::ReceiveBatch()
    : buffers_{std::make_unique_for_overwrite<std::byte[]>(batch_size * buffer_octets)} {
    for (std::size_t index = 0; index < batch_size; ++index) {
        vectors_[index] = {&buffers_[index * buffer_octets + protocol::packet_headroom],
                           datagram_octets_max};
        msghdr& header = headers_[index].msg_hdr;
        header.msg_iov = &vectors_[index];
        header.msg_iovlen = 1;
        header.msg_name = sources_[index].data();
        header.msg_control = controls_[index].octets.data();
    }
}

std::size_t ReceiveBatch::receive(int socket) noexcept {
    for (mmsghdr& header : headers_) {
        header.msg_hdr.msg_namelen = SocketAddress::capacity;
        header.msg_hdr.msg_controllen = control_octets;
    }
    int count = ::recvmmsg(socket, headers_.data(), batch_size, MSG_DONTWAIT, nullptr);
    // An ICMP error for a datagram that was sent before is reported once, in place of what waits
    // here. It stands in the error queue too.
    if (count < 0 && errno != EAGAIN) {
        count = ::recvmmsg(socket, headers_.data(), batch_size, MSG_DONTWAIT, nullptr);
    }
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

Received ReceiveBatch::operator[](std::size_t index) noexcept {
    Received datagram{
        .source = sources_[index].endpoint(),
        .local = {},
        .packet = {buffer(index), protocol::packet_headroom, headers_[index].msg_len}};
    read_controls(headers_[index].msg_hdr, datagram);
    return datagram;
}

void SendBatch::set_controls(std::size_t index, const Outgoing& datagram) noexcept {
    static_assert(CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int)) <= control_octets);
    msghdr& header = headers_[index].msg_hdr;
    header.msg_control = controls_[index].octets.data();
    header.msg_controllen = 0;
    const IpAddress& source = datagram.source;
    const bool v4 = datagram.destination.address.is_v4();
    if (source.is_unspecified()) {
        // As the socket is bound.
    } else if (v4) {
        in_pktinfo info{};
        info.ipi_spec_dst = to_kernel_v4(source);
        append_control(header, IPPROTO_IP, IP_PKTINFO, info);
    } else {
        in6_pktinfo info{};
        info.ipi6_addr = to_kernel_v6(source);
        append_control(header, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
    if (datagram.traffic_class == 0) return;  // as nearly all are: nothing more to tell the kernel
    append_control(header, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS,
                   int{datagram.traffic_class});
}

void SendBatch::add(const Outgoing& datagram) noexcept {
    assert(!full());
    sockets_[size_] = datagram.socket;
    destinations_[size_] = SocketAddress{datagram.destination};
    // sendmmsg() does not write through it.
    vectors_[size_] = {const_cast<std::byte*>(datagram.payload.data()), datagram.payload.size()};
    msghdr& header = headers_[size_].msg_hdr;
    header.msg_name = destinations_[size_].data();
    header.msg_namelen = destinations_[size_].size();
    header.msg_iov = &vectors_[size_];
    header.msg_iovlen = 1;
    set_controls(size_, datagram);
    ++size_;
}

std::size_t SendBatch::send_run(std::size_t first, std::size_t last) noexcept {
    std::size_t refused = 0;
    int refusals = 0;  // of the datagram `first`
    while (first < last) {
        const int sent = ::sendmmsg(sockets_[first], &headers_[first],
                                    static_cast<unsigned>(last - first), MSG_DONTWAIT);
        if (sent > 0) {
            first += static_cast<std::size_t>(sent);
            refusals = 0;
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        // A full buffer would refuse the others too; anything else concerns this datagram alone.
        if (errno == EAGAIN || errno == ENOBUFS) return refused + (last - first);
        // But it may be an ICMP error for an earlier one, which is reported once: then this one
        // was not even tried.
        if (++refusals <= pending_errors_max) continue;
        ++refused;
        ++first;
        refusals = 0;
    }
    return refused;
}

std::size_t SendBatch::flush() noexcept {
    std::size_t refused = 0;
    std::size_t first = 0;
    while (first < size_) {
        std::size_t last = first + 1;
        while (last < size_ && sockets_[last] == sockets_[first]) ++last;
        refused += send_run(first, last);
        first = last;
    }
    size_ = 0;
    return refused;
}

}  // namespace turnpike::net
