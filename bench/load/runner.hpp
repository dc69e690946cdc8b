// SPDX-License-Identifier: BSD-3-Clause
//
// Runs loads over one stage: one thread sends and one receives, or one does both where connections
// are secured. A run ends when what was on its way has come, or nothing has come for a while.
#pragma once

#include <atomic>
#include <functional>

#include "bench/load/figures.hpp"
#include "bench/load/progress.hpp"
#include "bench/load/receiver.hpp"
#include "bench/load/sampler.hpp"
#include "bench/load/sender.hpp"
#include "bench/load/settings.hpp"
#include "bench/load/stage.hpp"
#include "bench/load/tally.hpp"

namespace turnpike::bench {

struct Run {
    double packets_per_second = 0;  // of all lanes; 0: as fast as it goes
    bool in_their_rhythm = false;   // each lane in its own; then the rate is what this comes to
    std::chrono::nanoseconds duration{};
};

// For stamps: no other run has it, as far as chance goes.
[[nodiscard]] std::uint32_t fresh_run();

class Runner {
public:
    // The stage and the settings outlive it.
    Runner(Stage& stage, const Settings& settings);

    // One packet through every lane: caches are filled, and a path that lets nothing through is
    // found before it is measured. BadStart where nothing comes at all.
    void warm_up();
    [[nodiscard]] Figures run(const Run& run);
    // For whoever else sends through this stage: answers are taken, and what would end is
    // refreshed.
    void look_after_stage();
    // What the last run's packets were stamped with.
    [[nodiscard]] std::uint32_t number() const noexcept { return run_; }
    // What the last run was like, second by second.
    [[nodiscard]] const std::vector<Sample>& samples() const noexcept { return sampler_.samples(); }

private:
    void begin();
    // Sends what is due, and says when more will be.
    using Turn = std::function<std::chrono::nanoseconds()>;
    [[nodiscard]] Turn turn_of(const Run& run);
    static void send_alone(const Turn& turn, std::chrono::nanoseconds end);
    void send_and_receive(const Turn& turn, std::chrono::nanoseconds end);
    // Until all has come, or nothing has for a while.
    void await_stragglers();
    // What is done between packets, by the thread that receives.
    void tend();
    void receive_until(const std::function<bool()>& done);
    [[nodiscard]] Figures figures_since(const Reading& before, const Run& run) const;

    Stage& stage_;
    const Settings& settings_;
    Tally tally_;
    Sender sender_;
    Receiver receiver_;
    Sampler sampler_;
    Progress progress_;
    std::uint32_t run_ = 0;
};

}  // namespace turnpike::bench
