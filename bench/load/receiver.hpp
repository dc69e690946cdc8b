// SPDX-License-Identifier: BSD-3-Clause
//
// Takes in what comes to all inlets, many datagrams to one system call, and counts it. Belongs to
// one thread, and allocates nothing for a packet.
#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "bench/load/lane.hpp"
#include "bench/load/tally.hpp"

namespace turnpike::bench {

class Receiver {
public:
    // What comes from a server and is no data: responses, errors.
    using Aside = std::function<void(std::size_t inlet, protocol::Bytes message)>;

    // The inlets and the tally outlive it. Whether datagrams come put together (UDP_GRO).
    Receiver(std::span<const Inlet> inlets, Tally& tally, bool coalesced = false);
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    ~Receiver();

    void on_aside(Aside aside) { aside_ = std::move(aside); }
    // Takes what is there, after waiting for it this long at most.
    void turn(std::chrono::nanoseconds patience);
    // What the inlets' sockets had no room for: our loss, not the server's.
    [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    static constexpr std::size_t messages_max = 32;

    struct Stream {
        std::vector<std::byte> buffer{};
        std::size_t used = 0;
    };
    union Control {
        cmsghdr align;
        std::array<std::byte, CMSG_SPACE(sizeof(int))> octets;
    };

    void prepare(std::size_t message) noexcept;
    void take(std::size_t index);
    void take_datagrams(std::size_t index);
    void take_secure_datagrams(std::size_t index);
    void take_stream(std::size_t index);
    [[nodiscard]] std::size_t read_stream(const Inlet& inlet, protocol::MutableBytes room);
    void count(std::size_t index, protocol::Bytes packet);
    void count_turn(std::size_t index, protocol::Bytes message);
    void count_payload(protocol::Bytes payload);

    std::span<const Inlet> inlets_;
    Tally& tally_;
    Aside aside_;
    int queue_ = -1;
    std::chrono::nanoseconds now_{};
    std::size_t datagram_octets_;
    std::vector<std::byte> arena_;
    std::vector<Stream> streams_;  // by inlet
    std::array<mmsghdr, messages_max> messages_{};
    std::array<iovec, messages_max> vectors_{};
    std::array<Control, messages_max> controls_{};
};

}  // namespace turnpike::bench
