// SPDX-License-Identifier: BSD-3-Clause
//
// Runs loads over one stage without its sockets: the kernel makes the frames, and counts and drops
// them where they arrive. The sockets have set everything up; what frames look like, and by which
// interfaces they leave and arrive, is learned from a packet that each lane's socket sends. One
// thread does all; while it sends it is busy, whether there is something to send or not.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/runner.hpp"
#include "bench/wire/program.hpp"
#include "bench/wire/tap.hpp"

namespace turnpike::bench {

class WireRunner {
public:
    // Warms up, too. All three outlive it. BadStart where nothing comes through or the kernel
    // cannot.
    WireRunner(Stage& stage, Runner& runner, const Settings& settings);

    [[nodiscard]] Figures run(const Run& run);

private:
    // An interface, and the namespace that it is in.
    struct Place {
        std::string netns;
        std::uint32_t interface = 0;
    };
    struct Learned {
        std::vector<wire::WireLane> lanes;
        std::size_t known = 0;
        wire::WireShape shape{};
        Place exit{};
        std::optional<Place> arrival{};
    };

    [[nodiscard]] std::unique_ptr<wire::Program> let_pass() const;
    void learn(wire::Tap& tap, const std::string& netns, Learned& learned) const;
    void learn_outgoing(const wire::Tap::Seen& seen, std::uint32_t lane, Learned& learned) const;
    void start(Learned learned);
    void send_until(std::chrono::nanoseconds end);
    // Until all has come, or nothing has for a while.
    void await_stragglers() const;
    [[nodiscard]] std::uint64_t dropped() const;

    Runner& runner_;
    const Settings& settings_;
    Place arrival_;
    std::optional<wire::Program> program_;
};

}  // namespace turnpike::bench
