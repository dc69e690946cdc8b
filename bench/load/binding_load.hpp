// SPDX-License-Identifier: BSD-3-Clause
//
// Binding requests over UDP, a fixed number of them on their way at any time: an answer calls for
// the next one. What is not answered in half a second is lost and makes room for another. Belongs
// to one thread, which has entered the clients' network namespace.
#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/load/histogram.hpp"
#include "bench/load/settings.hpp"

namespace turnpike::bench {

class BindingLoad {
public:
    BindingLoad(const Settings& settings, const protocol::Endpoint& server);
    BindingLoad(const BindingLoad&) = delete;
    BindingLoad& operator=(const BindingLoad&) = delete;
    ~BindingLoad();

    // Until then; afterwards what is on its way is waited for and counted as an answer, but no
    // more is sent.
    void run_until(std::chrono::nanoseconds end);
    void await_rest();

    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::uint64_t answered() const noexcept { return answered_; }
    [[nodiscard]] const Histogram& latency() const noexcept { return latency_; }

private:
    static constexpr std::size_t batch_max = 32;
    static constexpr std::size_t request_octets = 20;
    static constexpr std::size_t answer_octets_max = 512;

    struct Request {
        std::uint32_t generation = 0;
        std::chrono::nanoseconds sent{};
        bool is_open = false;
    };

    void turn(bool sends_more);
    void take(int descriptor, bool sends_more);
    // Where an answer to an open request stands in there, its number.
    [[nodiscard]] std::optional<std::uint32_t> request_of(protocol::Bytes answer);
    void queue_request(int descriptor, std::uint32_t number);
    void flush(int descriptor);
    void replace_late(bool sends_more);
    [[nodiscard]] int socket_of(std::uint32_t number) const;

    std::vector<int> sockets_;
    int queue_ = -1;
    std::uint32_t run_ = 0;
    std::vector<Request> requests_;
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    Histogram latency_;
    std::chrono::nanoseconds now_{};
    std::chrono::nanoseconds next_look_{};

    std::size_t queued_ = 0;
    std::array<std::array<std::byte, request_octets>, batch_max> out_{};
    std::array<std::array<std::byte, answer_octets_max>, batch_max> in_{};
    std::array<mmsghdr, batch_max> out_messages_{};
    std::array<mmsghdr, batch_max> in_messages_{};
    std::array<iovec, batch_max> out_vectors_{};
    std::array<iovec, batch_max> in_vectors_{};
};

}  // namespace turnpike::bench
