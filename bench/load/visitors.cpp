// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/visitors.hpp"

#include "bench/load/crowd.hpp"
#include "bench/load/failure.hpp"
#include "bench/load/network_namespace.hpp"
#include "bench/load/pacer.hpp"
#include "bench/load/reach.hpp"
#include "bench/load/stamp.hpp"

namespace turnpike::bench {
namespace {

constexpr std::chrono::nanoseconds step = std::chrono::milliseconds{5};

}  // namespace

Visitors::Visitors(const Settings& settings, const protocol::Endpoint& peer, double per_second)
    : settings_{settings}, peer_{peer} {
    if (settings.access.uri.transport != protocol::Transport::udp || per_second <= 0) return;
    thread_ = std::thread{[this, per_second] {
        // What keeps one visitor out may keep none: it is counted, and the load goes on.
        try {
            in_namespace(settings_.places.client_netns, [&] { come_and_go(per_second); });
        } catch (const BadStart&) {
            ++failed_;
        }
    }};
}

void Visitors::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void Visitors::come_and_go(double per_second) {
    Crowd crowd{settings_, server_of(settings_.access), peer_};
    Pacer pacer{per_second, 1, monotonic_now()};
    while (!stopping_ || crowd.active() > 0 || crowd.kept() > 0) {
        if (!stopping_) {
            for (auto due = pacer.take_due(monotonic_now()); due > 0; --due) crowd.start_one();
        }
        crowd.turn(step);
        while (crowd.release_one()) continue;
    }
    joined_ = crowd.allocated();
    failed_ = crowd.failed();
}

}  // namespace turnpike::bench
