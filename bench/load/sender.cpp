// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/sender.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bench/load/stamp.hpp"

namespace turnpike::bench {
namespace {

constexpr std::size_t segments_kernel_max = 64;  // UDP_MAX_SEGMENTS of the kernels of Debian 12
constexpr std::size_t datagram_octets_max = 65000;
constexpr int patience_ms = 100;  // for a socket whose buffer is full

bool wait_writable(int descriptor) noexcept {
    pollfd waiting{descriptor, POLLOUT, 0};
    return poll(&waiting, 1, patience_ms) > 0;
}

}  // namespace

Sender::Sender(std::span<Lane> lanes, const SenderSettings& settings)
    : lanes_{lanes}, settings_{settings} {
    std::size_t frame_max = 0;
    for (const Lane& lane : lanes_) frame_max = std::max(frame_max, lane.frame_octets);
    arena_.resize(packets_max * frame_max);
}

void Sender::begin(std::uint32_t run) noexcept {
    run_ = run;
    turn_ = 0;
    sent_ = 0;
    refused_ = 0;
    held_back_ = 0;
    for (Lane& lane : lanes_) lane.next = 0;
}

std::chrono::nanoseconds Sender::turn(Pacer& pacer) {
    now_ = monotonic_now();
    for (std::uint64_t due = pacer.take_due(now_); due > 0; --due) {
        send_burst(lanes_[turn_], settings_.burst);
        turn_ = turn_ + 1 == lanes_.size() ? 0 : turn_ + 1;
    }
    flush();
    return pacer.next_due();
}

std::chrono::nanoseconds Sender::turn(Timetable& timetable) {
    now_ = monotonic_now();
    while (const auto due = timetable.take(now_)) send_burst(lanes_[due->lane], due->packets);
    flush();
    return timetable.next_due();
}

void Sender::send_to(std::span<Lane> some, std::size_t packets) {
    now_ = monotonic_now();
    for (Lane& lane : some) send_burst(lane, packets);
    flush();
}

std::size_t Sender::segments_max(const Lane& lane) const noexcept {
    if (!settings_.segmentation) return 1;
    return std::clamp<std::size_t>(datagram_octets_max / lane.frame_octets, 1, segments_kernel_max);
}

void Sender::send_burst(Lane& lane, std::size_t packets) {
    const std::size_t together = lane.is_stream || lane.channel != nullptr ? 1 : segments_max(lane);
    while (packets > 0) {
        const std::size_t some = std::min(packets, together);
        const bool fits = parts_count_ < messages_max && packets_ + some <= packets_max &&
                          used_ + some * lane.frame_octets <= arena_.size();
        const bool same = parts_count_ == 0 || parts_[0].lane->descriptor == lane.descriptor;
        if (!fits || !same) flush();
        add_message(lane, some);
        packets -= some;
    }
}

void Sender::write_frame(Lane& lane) {
    const std::span frame = std::span{arena_}.subspan(used_, lane.frame_octets);
    std::memcpy(frame.data(), lane.header.data(), lane.header_octets);
    write_stamp(frame.subspan(lane.header_octets),
                {.run = run_, .lane = lane.number, .sequence = lane.next++, .sent = now_});
    used_ += lane.frame_octets;
}

void Sender::add_message(Lane& lane, std::size_t packets) {
    const std::size_t index = parts_count_++;
    vectors_[index] = {arena_.data() + used_, packets * lane.frame_octets};
    for (std::size_t each = 0; each < packets; ++each) write_frame(lane);
    packets_ += packets;
    parts_[index] = {&lane, static_cast<std::uint32_t>(packets)};
    msghdr& header = messages_[index].msg_hdr;
    header = {};
    header.msg_iov = &vectors_[index];
    header.msg_iovlen = 1;
    if (lane.destination.octets > 0) {
        header.msg_name = &lane.destination.storage;
        header.msg_namelen = lane.destination.octets;
    }
    if (packets == 1) return;
    header.msg_control = controls_[index].octets.data();
    header.msg_controllen = controls_[index].octets.size();
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto segment = static_cast<std::uint16_t>(lane.frame_octets);
    std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
}

void Sender::flush() {
    if (parts_count_ == 0) return;
    const Lane& lane = *parts_[0].lane;
    if (lane.is_stream) {
        flush_stream();
    } else if (lane.channel != nullptr) {
        flush_secure_datagrams();
    } else {
        flush_datagrams();
    }
    used_ = packets_ = parts_count_ = 0;
}

// What was not sent has no number: the next packet of its lane takes it.
void Sender::give_back(std::size_t first_part) noexcept {
    for (std::size_t each = first_part; each < parts_count_; ++each) {
        parts_[each].lane->next -= parts_[each].packets;
        refused_ += parts_[each].packets;
    }
}

void Sender::flush_datagrams() {
    const int descriptor = parts_[0].lane->descriptor;
    std::size_t done = 0;
    bool was_refused = false;
    while (done < parts_count_) {
        const int taken = sendmmsg(descriptor, &messages_[done],
                                   static_cast<unsigned>(parts_count_ - done), MSG_NOSIGNAL);
        if (taken > 0) {
            for (int each = 0; each < taken; ++each) sent_ += parts_[done++].packets;
            continue;
        }
        if (errno == EINTR || (errno == EAGAIN && wait_writable(descriptor))) continue;
        last_error_ = errno;
        // An ICMP error about an earlier packet is told once, and costs none of these.
        if (was_refused || (last_error_ != ECONNREFUSED && last_error_ != EHOSTUNREACH)) break;
        was_refused = true;
    }
    give_back(done);
}

void Sender::flush_secure_datagrams() {
    std::size_t done = 0;
    while (done < parts_count_) {
        const auto* begin = static_cast<const std::byte*>(vectors_[done].iov_base);
        const Lane& lane = *parts_[done].lane;
        if (lane.channel->write({begin, vectors_[done].iov_len})) {
            ++done;
            ++sent_;
        } else if (!wait_writable(lane.descriptor)) {
            last_error_ = errno;
            break;
        }
    }
    give_back(done);
}

// All that is due in one write; what of it has no room is kept, and more is only taken when it has.
void Sender::flush_stream() {
    const Lane& lane = *parts_[0].lane;
    Rest& rest = rests_[lane.descriptor];
    rest.descriptor = lane.descriptor;
    rest.channel = lane.channel;
    if (!push_on(rest)) {
        held_back_ += parts_count_;
        return give_back(0);
    }
    rest.octets.assign(arena_.begin(), arena_.begin() + static_cast<std::ptrdiff_t>(used_));
    rest.written = 0;
    sent_ += parts_count_;
    (void)push_on(rest);
}

bool Sender::push_on(Rest& rest) {
    while (rest.written < rest.octets.size()) {
        const auto left = std::span{rest.octets}.subspan(rest.written);
        if (rest.channel != nullptr) {
            if (!rest.channel->write(left)) return false;
            rest.written = rest.octets.size();
            continue;
        }
        const ssize_t taken =
            ::send(rest.descriptor, left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken > 0) {
            rest.written += static_cast<std::size_t>(taken);
        } else if (errno != EINTR) {
            last_error_ = errno;
            return false;
        }
    }
    return true;
}

void Sender::push_on() {
    for (auto& [descriptor, rest] : rests_) (void)push_on(rest);
}

}  // namespace turnpike::bench
