// SPDX-License-Identifier: BSD-3-Clause
//
// Sends bursts lane after lane at a rate: many packets to one system call where they leave through
// one socket, and a burst as one UDP_SEGMENT send where that is wanted. Allocates nothing after
// construction. Belongs to one thread; the totals may be read by others meanwhile.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/load/lane.hpp"
#include "bench/load/pacer.hpp"
#include "bench/load/timetable.hpp"

namespace turnpike::bench {

struct SenderSettings {
    std::size_t payload_octets = 172;
    std::size_t burst = 1;
    bool segmentation = false;
};

class Sender {
public:
    // The lanes outlive it.
    Sender(std::span<Lane> lanes, const SenderSettings& settings);

    // What this run's packets are stamped with.
    void begin(std::uint32_t run) noexcept;
    // Sends what is due now; returns when more will be.
    std::chrono::nanoseconds turn(Pacer& pacer);
    std::chrono::nanoseconds turn(Timetable& timetable);
    // This many packets of every lane, at once; or of some of its lanes.
    void send_to_all(std::size_t packets) { send_to(lanes_, packets); }
    void send_to(std::span<Lane> some, std::size_t packets);

    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    // What the kernel did not take, and why last; nothing of it counts as sent.
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }
    [[nodiscard]] int last_error() const noexcept { return last_error_; }
    // What had no room in a stream because the other side reads more slowly. Not sent either.
    [[nodiscard]] std::uint64_t held_back() const noexcept { return held_back_; }
    // Writes on what streams had no room for in the middle of a packet.
    void push_on();

private:
    static constexpr std::size_t messages_max = 64;
    static constexpr std::size_t packets_max = 128;

    struct Part {
        Lane* lane;
        std::uint32_t packets;
    };
    union Control {
        cmsghdr align;
        std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> octets;
    };

    // Of a stream, what is still to be written before anything else.
    struct Rest {
        client::SecureChannel* channel = nullptr;
        std::vector<std::byte> octets{};
        std::size_t written = 0;
        int descriptor = -1;
    };

    void send_burst(Lane& lane, std::size_t packets);
    void add_message(Lane& lane, std::size_t packets);
    void write_frame(Lane& lane);
    void flush();
    void flush_datagrams();
    void flush_secure_datagrams();
    void flush_stream();
    [[nodiscard]] bool push_on(Rest& rest);
    void give_back(std::size_t first_part) noexcept;
    [[nodiscard]] std::size_t segments_max(const Lane& lane) const noexcept;

    std::span<Lane> lanes_;
    SenderSettings settings_;
    std::uint32_t run_ = 0;
    std::size_t turn_ = 0;  // the lane that is next
    std::chrono::nanoseconds now_{};

    std::vector<std::byte> arena_;
    std::size_t used_ = 0;
    std::size_t packets_ = 0;
    std::size_t parts_count_ = 0;
    std::array<mmsghdr, messages_max> messages_{};
    std::array<iovec, messages_max> vectors_{};
    std::array<Control, messages_max> controls_{};
    std::array<Part, messages_max> parts_{};

    std::atomic<std::uint64_t> sent_ = 0;
    std::uint64_t refused_ = 0;
    std::uint64_t held_back_ = 0;
    std::map<int, Rest> rests_;  // by descriptor; streams only
    int last_error_ = 0;
};

}  // namespace turnpike::bench
