// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/receiver.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "bench/load/failure.hpp"
#include "bench/load/stamp.hpp"
#include "protocol/attributes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/classify.hpp"
#include "protocol/message.hpp"
#include "protocol/stream_framer.hpp"

namespace turnpike::bench {
namespace {

constexpr std::size_t events_max = 64;
// The largest payload with what may stand around it, or as much as UDP_GRO puts together; and no
// power of two, so that not all of them fall into the same lines of the cache.
constexpr std::size_t single_octets = 9'000 + 200;
constexpr std::size_t coalesced_octets = 65'536 + 192;
constexpr std::size_t stream_octets = 2 * protocol::frame_octets_max;
constexpr int rounds_max = 8;  // of one inlet, before the others have their turn

// The length of each of the datagrams that were put together; 0: it is one.
std::size_t segment_of(msghdr& header) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr;
         each = CMSG_NXTHDR(&header, each)) {
        if (each->cmsg_level != SOL_UDP || each->cmsg_type != UDP_GRO) continue;
        int octets = 0;
        std::memcpy(&octets, CMSG_DATA(each), sizeof octets);
        return static_cast<std::size_t>(octets);
    }
    return 0;
}

}  // namespace

Receiver::Receiver(std::span<const Inlet> inlets, Tally& tally, bool coalesced)
    : inlets_{inlets},
      tally_{tally},
      queue_{epoll_create1(EPOLL_CLOEXEC)},
      datagram_octets_{coalesced ? coalesced_octets : single_octets},
      arena_(messages_max * datagram_octets_),
      streams_(inlets.size()) {
    if (queue_ < 0) throw BadStart{std::string{"epoll: "} + std::strerror(errno)};
    for (std::size_t index = 0; index < inlets_.size(); ++index) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index;
        epoll_ctl(queue_, EPOLL_CTL_ADD, inlets_[index].descriptor, &event);
        if (inlets_[index].is_stream) streams_[index].buffer.resize(stream_octets);
    }
    for (std::size_t each = 0; each < messages_max; ++each) prepare(each);
}

Receiver::~Receiver() {
    close(queue_);
}

void Receiver::turn(std::chrono::nanoseconds patience) {
    std::array<epoll_event, events_max> events{};
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const timespec timeout{whole.count(), (patience - whole).count()};
    const int ready = epoll_pwait2(queue_, events.data(), events_max, &timeout, nullptr);
    for (int each = 0; each < ready; ++each) take(events[static_cast<std::size_t>(each)].data.u64);
}

std::uint64_t Receiver::dropped() const noexcept {
    std::uint64_t sum = 0;
    for (const Inlet& inlet : inlets_) {
        if (!inlet.is_stream) sum += dropped_by(inlet.descriptor);
    }
    return sum;
}

// The kernel writes into the header of what it fills.
void Receiver::prepare(std::size_t message) noexcept {
    vectors_[message] = {arena_.data() + message * datagram_octets_, datagram_octets_};
    msghdr& header = messages_[message].msg_hdr;
    header = {};
    header.msg_iov = &vectors_[message];
    header.msg_iovlen = 1;
    header.msg_control = controls_[message].octets.data();
    header.msg_controllen = controls_[message].octets.size();
}

void Receiver::take(std::size_t index) {
    const Inlet& inlet = inlets_[index];
    if (inlet.is_stream) return take_stream(index);
    if (inlet.channel != nullptr) return take_secure_datagrams(index);
    take_datagrams(index);
}

void Receiver::take_datagrams(std::size_t index) {
    for (int round = 0; round < rounds_max; ++round) {
        const int count = recvmmsg(inlets_[index].descriptor, messages_.data(), messages_max,
                                   MSG_DONTWAIT, nullptr);
        if (count <= 0) return;
        now_ = monotonic_now();
        for (std::size_t each = 0; each < static_cast<std::size_t>(count); ++each) {
            protocol::Bytes rest{arena_.data() + each * datagram_octets_, messages_[each].msg_len};
            const std::size_t segment = segment_of(messages_[each].msg_hdr);
            while (!rest.empty()) {
                const std::size_t octets =
                    segment == 0 ? rest.size() : std::min(segment, rest.size());
                this->count(index, rest.first(octets));
                rest = rest.subspan(octets);
            }
            prepare(each);
        }
        if (static_cast<std::size_t>(count) < messages_max) return;
    }
}

void Receiver::take_secure_datagrams(std::size_t index) {
    const protocol::MutableBytes room = std::span{arena_}.first(datagram_octets_);
    while (const auto octets = inlets_[index].channel->read(room)) {
        if (*octets == 0) return;
        now_ = monotonic_now();
        count(index, room.first(*octets));
    }
}

// 0: nothing more now, or never again.
std::size_t Receiver::read_stream(const Inlet& inlet, protocol::MutableBytes room) {
    if (inlet.channel != nullptr) return inlet.channel->read(room).value_or(0);
    const ssize_t octets = recv(inlet.descriptor, room.data(), room.size(), MSG_DONTWAIT);
    return octets > 0 ? static_cast<std::size_t>(octets) : 0;
}

void Receiver::take_stream(std::size_t index) {
    Stream& stream = streams_[index];
    for (int round = 0; round < rounds_max || inlets_[index].channel != nullptr; ++round) {
        const auto octets =
            read_stream(inlets_[index], std::span{stream.buffer}.subspan(stream.used));
        if (octets == 0) {
            // A stream that has ended would be ready for ever.
            char last = 0;
            if (recv(inlets_[index].descriptor, &last, 1, MSG_DONTWAIT | MSG_PEEK) == 0) {
                epoll_ctl(queue_, EPOLL_CTL_DEL, inlets_[index].descriptor, nullptr);
            }
            return;
        }
        now_ = monotonic_now();
        stream.used += octets;
        std::size_t parsed = 0;
        while (true) {
            const auto frame = protocol::next_frame(
                protocol::Bytes{stream.buffer}.subspan(parsed, stream.used - parsed),
                protocol::ChannelRange::rfc5766);
            if (frame.state == protocol::Frame::State::broken) parsed = stream.used;
            if (frame.state != protocol::Frame::State::complete) break;
            count(index, frame.message);
            parsed += frame.octets;
        }
        std::memmove(stream.buffer.data(), stream.buffer.data() + parsed, stream.used - parsed);
        stream.used -= parsed;
    }
}

void Receiver::count(std::size_t index, protocol::Bytes packet) {
    if (inlets_[index].framing == Inlet::Framing::turn) return count_turn(index, packet);
    count_payload(packet);
}

void Receiver::count_turn(std::size_t index, protocol::Bytes octets) {
    if (protocol::classify(octets, protocol::ChannelRange::rfc5766) ==
        protocol::Kind::channel_data) {
        if (const auto data = protocol::ChannelData::decode(octets)) count_payload(data->payload);
        return;
    }
    const auto message = protocol::Message::decode(octets);
    if (!message) return;
    if (message->message_class() == protocol::MessageClass::indication) {
        if (const auto data = protocol::data(*message)) count_payload(*data);
        return;
    }
    if (aside_) aside_(index, octets);
}

void Receiver::count_payload(protocol::Bytes payload) {
    if (const auto stamp = read_stamp(payload)) tally_.count(*stamp, now_);
}

}  // namespace turnpike::bench
