// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/send_batch.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>

#include <cassert>
#include <cerrno>
#include <cstring>

namespace turnpike::net {

namespace {

// How often a datagram is tried again after an error that may be another's. More than one can only
// come while its own system calls run.
constexpr int pending_errors_max = 2;

// What may stand in one datagram of IPv4; the kernel takes no more as one burst either.
constexpr std::size_t burst_octets_max = 65507;

// How many datagrams go alone before a burst is tried again. To try costs one system call.
constexpr unsigned alone_after_refusal = 4096;

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

iovec view_of(protocol::Bytes payload) noexcept {
    // sendmsg() does not write through it.
    return {const_cast<std::byte*>(payload.data()), payload.size()};
}

}  // namespace

void SendBatch::set_controls(std::size_t index, const Outgoing& datagram) noexcept {
    static_assert(CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int)) +
                      CMSG_SPACE(sizeof(std::uint16_t)) <=
                  control_octets);
    msghdr& header = headers_[index].msg_hdr;
    header.msg_control = controls_[index].octets.data();
    header.msg_controllen = 0;
    const protocol::IpAddress& source = datagram.source;
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

bool SendBatch::goes_along(const Outgoing& datagram) const noexcept {
    const Outgoing& like = burst_.like;
    const std::size_t octets = datagram.payload.size();
    return !burst_.is_closed && datagram.socket == like.socket &&
           datagram.destination == like.destination && datagram.source == like.source &&
           datagram.traffic_class == like.traffic_class && octets <= like.payload.size() &&
           octets > 0 && burst_.octets + octets <= burst_octets_max &&
           headers_[messages_ - 1].msg_hdr.msg_iovlen < sent_segments_max;
}

void SendBatch::join(const Outgoing& datagram) noexcept {
    msghdr& header = headers_[messages_ - 1].msg_hdr;
    const std::size_t segment = burst_.like.payload.size();
    if (header.msg_iovlen == 1) {
        append_control(header, SOL_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(segment));
    }
    vectors_[datagrams_++] = view_of(datagram.payload);
    ++header.msg_iovlen;
    burst_.octets += datagram.payload.size();
    burst_.is_closed = datagram.payload.size() < segment;
}

void SendBatch::add(const Outgoing& datagram) noexcept {
    assert(!full());
    if (goes_along(datagram)) return join(datagram);
    const std::size_t index = messages_++;
    sockets_[index] = datagram.socket;
    destinations_[index] = SocketAddress{datagram.destination};
    vectors_[datagrams_] = view_of(datagram.payload);
    msghdr& header = headers_[index].msg_hdr;
    header.msg_name = destinations_[index].data();
    header.msg_namelen = destinations_[index].size();
    header.msg_iov = &vectors_[datagrams_++];
    header.msg_iovlen = 1;
    set_controls(index, datagram);
    burst_ = {.like = datagram,
              .octets = datagram.payload.size(),
              .is_closed = io_ != PacketIo::offload || alone_ > 0 || datagram.payload.empty()};
    if (alone_ > 0) --alone_;
}

int SendBatch::send_messages(std::size_t first, std::size_t last) noexcept {
    if (io_ != PacketIo::plain) {
        return ::sendmmsg(sockets_[first], &headers_[first], static_cast<unsigned>(last - first),
                          MSG_DONTWAIT);
    }
    return ::sendmsg(sockets_[first], &headers_[first].msg_hdr, MSG_DONTWAIT) < 0 ? -1 : 1;
}

std::size_t SendBatch::send_run(std::size_t first, std::size_t last) noexcept {
    std::size_t refused = 0;
    int refusals = 0;  // of the datagram `first`
    while (first < last) {
        const int sent = send_messages(first, last);
        if (sent > 0) {
            first += static_cast<std::size_t>(sent);
            refusals = 0;
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        // A full buffer would refuse the others too; anything else concerns this datagram alone.
        if (errno == EAGAIN || errno == ENOBUFS) {
            for (; first < last; ++first) refused += headers_[first].msg_hdr.msg_iovlen;
            return refused;
        }
        // But it may be an ICMP error for an earlier one, which is reported once: then this one
        // was not even tried.
        if (++refusals <= pending_errors_max) continue;
        refused += send_apart(first);
        ++first;
        refusals = 0;
    }
    return refused;
}

// Of a burst that was refused, each datagram by itself: they are longer than what the path takes
// unfragmented (EINVAL, EMSGSIZE), or the device cannot make packets of it (EIO).
std::size_t SendBatch::send_apart(std::size_t index) noexcept {
    msghdr message = headers_[index].msg_hdr;
    if (message.msg_iovlen == 1) return 1;
    alone_ = alone_after_refusal;
    const std::size_t datagrams = message.msg_iovlen;
    message.msg_iovlen = 1;
    message.msg_controllen -= CMSG_SPACE(sizeof(std::uint16_t));  // the last, as join() put it
    std::size_t refused = 0;
    for (std::size_t count = 0; count < datagrams; ++count, ++message.msg_iov) {
        ssize_t sent = -1;
        for (int tries = 0; tries <= pending_errors_max && sent < 0; ++tries) {
            sent = ::sendmsg(sockets_[index], &message, MSG_DONTWAIT);
            if (sent < 0 && (errno == EAGAIN || errno == ENOBUFS)) {
                return refused + (datagrams - count);
            }
        }
        if (sent < 0) ++refused;
    }
    return refused;
}

std::size_t SendBatch::flush() noexcept {
    std::size_t refused = 0;
    std::size_t first = 0;
    while (first < messages_) {
        std::size_t last = first + 1;
        while (last < messages_ && sockets_[last] == sockets_[first]) ++last;
        refused += send_run(first, last);
        first = last;
    }
    messages_ = 0;
    datagrams_ = 0;
    burst_.is_closed = true;
    return refused;
}

}  // namespace turnpike::net
