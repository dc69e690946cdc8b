// SPDX-License-Identifier: BSD-3-Clause
//
// Where the kernel's half of the relay is at work: which interfaces, and whether by XDP or tc. The
// server's thread attaches and detaches, also while the workers run; what is there may be asked by
// any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/config/config.hpp"
#include "server/telemetry/log.hpp"
#include "server/telemetry/metrics.hpp"
#include "server/telemetry/thread_safety.hpp"
#include "server/xdp/attachment.hpp"
#include "server/xdp/lookup.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::worker {

class EntryPoints {
public:
    // Both outlive it.
    EntryPoints(const xdp::Program& program, telemetry::Log& log) noexcept
        : program_{program}, log_{log} {}

    // On these interfaces and on no others, as it is wanted. What cannot be had is logged; what is
    // there and fits stays as it is.
    void adjust(std::span<const xdp::Link> links, config::Acceleration wanted);
    // They stay at work when this goes, for the next process, where the program is pinned.
    void leave() noexcept;

    // By which a packet may leave that the kernel relays: tc sends by any of them. A driver is
    // known to send for XDP where it receives for it.
    [[nodiscard]] bool can_send_by(std::uint32_t interface) const;
    [[nodiscard]] bool is_empty() const;
    [[nodiscard]] std::vector<xdp::LinkPlace> places() const;
    // "xdp on eth0, tc on eth1"; "none".
    [[nodiscard]] std::string description() const;
    [[nodiscard]] std::vector<telemetry::EntryPointMetrics> metrics() const;

private:
    struct Place {
        std::string name;  // of the interface
        xdp::Attachment attachment;
    };

    void attach(const xdp::Link& link, std::optional<xdp::EntryPoint> entry);
    // Whether it can be used.
    [[nodiscard]] bool put(const xdp::Link& link, xdp::Attachment attachment);
    [[nodiscard]] std::optional<xdp::EntryPoint> entry_at(std::uint32_t interface) const;
    template <typename Goes>
    void detach_if(Goes&& goes);

    const xdp::Program& program_;
    telemetry::Log& log_;
    mutable telemetry::Mutex mutex_;
    std::vector<Place> places_ TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::worker
