// SPDX-License-Identifier: BSD-3-Clause
//
// What a server finds out about itself once it is ready: whether its database answers, and whether
// a packet comes back through a real allocation. On a thread of its own, so that no start waits for
// it; what is the matter becomes a warning in the log.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "server/config/config.hpp"
#include "server/doctor/doors.hpp"
#include "server/doctor/finding.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/server.hpp"

namespace turnpike {

// Warnings in the log: what was seen, and what to do.
void tell(const doctor::Findings& findings, telemetry::Log& log);

class SelfExamination {
public:
    // Relay and log outlive it. `patience`: with the allocation.
    SelfExamination(const worker::Server& relay, config::Config config, telemetry::Log& log,
                    std::chrono::milliseconds patience = std::chrono::seconds{2});
    // Waits until it is over: for some seconds at most, where nobody answers.
    ~SelfExamination();
    SelfExamination(const SelfExamination&) = delete;
    SelfExamination& operator=(const SelfExamination&) = delete;

    // Once, by the thread that runs the relay, when its workers run.
    void begin();
    // Any thread. From now on the relay may be silent, and nothing is told any more.
    void end() noexcept { is_over_.store(true); }

private:
    void examine(const std::optional<doctor::Entry>& target);

    // Constant after construction.
    const worker::Server& relay_;
    config::Config config_;
    telemetry::Log& log_;
    std::chrono::milliseconds patience_;
    // For any thread.
    std::atomic<bool> is_over_{false};
    // Of the thread that runs the relay.
    std::thread thread_;
};

}  // namespace turnpike
