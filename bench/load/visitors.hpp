// SPDX-License-Identifier: BSD-3-Clause
//
// Joins and leaves beside a load: clients that come at a rate, allocate, bind a channel and go, in
// a thread of their own, from construction to stop(). Only over UDP.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "bench/load/settings.hpp"

namespace turnpike::bench {

class Visitors {
public:
    // The settings outlive it.
    Visitors(const Settings& settings, const protocol::Endpoint& peer, double per_second);
    Visitors(const Visitors&) = delete;
    Visitors& operator=(const Visitors&) = delete;
    ~Visitors() { stop(); }

    void stop();
    // After stop(): who got in, and who did not.
    [[nodiscard]] std::uint64_t joined() const noexcept { return joined_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }

private:
    void come_and_go(double per_second);

    const Settings& settings_;
    protocol::Endpoint peer_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::uint64_t> joined_ = 0;
    std::atomic<std::uint64_t> failed_ = 0;
    std::thread thread_;
};

}  // namespace turnpike::bench
