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

// IP_PKTINFO and IPV6_PKTINFO name the local address of a datagram, in and out.
IpAddress local_address(msghdr& header) noexcept {
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
         control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            return from_kernel(info.ipi_addr);
        }
        if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(control), sizeof info);
            return from_kernel(info.ipi6_addr);
        }
    }
    return {};
}

template <typename Info>
void write_control(msghdr& header, int level, int type, const Info& info) noexcept {
    header.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = level;
    control->cmsg_type = type;
    control->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(control), &info, sizeof info);
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
    return {.source = sources_[index].endpoint(),
            .local = local_address(headers_[index].msg_hdr),
            .packet = {buffer(index), protocol::packet_headroom, headers_[index].msg_len}};
}

void SendBatch::set_source(std::size_t index, const IpAddress& source) noexcept {
    msghdr& header = headers_[index].msg_hdr;
    if (source.is_unspecified()) {
        header.msg_control = nullptr;
        header.msg_controllen = 0;
        return;
    }
    controls_[index] = {};
    header.msg_control = controls_[index].octets.data();
    if (source.is_v4()) {
        in_pktinfo info{};
        info.ipi_spec_dst = to_kernel_v4(source);
        write_control(header, IPPROTO_IP, IP_PKTINFO, info);
    } else {
        in6_pktinfo info{};
        info.ipi6_addr = to_kernel_v6(source);
        write_control(header, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
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
    set_source(size_, datagram.source);
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
