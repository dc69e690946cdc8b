// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/wire_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>

#include "bench/load/failure.hpp"
#include "bench/load/network_namespace.hpp"
#include "bench/load/reach.hpp"
#include "bench/load/stamp.hpp"
#include "bench/wire/frame.hpp"
#include "bench/wire/interfaces.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

static_assert(wire::wire_linear_bits == Histogram::linear_bits);
static_assert(wire::wire_buckets == Histogram::buckets);

constexpr nanoseconds at_once = 1s;   // without a look at what is to be refreshed
constexpr int attempts_max = 5;       // a packet of a lane may get lost
constexpr nanoseconds quiet = 200ms;  // nothing more will come
constexpr nanoseconds step = 10ms;

std::uint64_t count_of(nanoseconds time) {
    return static_cast<std::uint64_t>(time.count());
}

std::optional<wire::Tap> tap_in(const std::string& netns) {
    std::optional<wire::Tap> tap;
    in_namespace(netns, [&] { tap.emplace(); });
    return tap;
}

}  // namespace

WireRunner::WireRunner(Stage& stage, Runner& runner, const Settings& settings)
    : runner_{runner}, settings_{settings} {
    const Places& places = settings.places;
    auto clients = tap_in(places.client_netns);
    auto peers = tap_in(places.peer_netns);
    Learned learned{.lanes = std::vector<wire::WireLane>(stage.lanes().size())};
    const auto knows_all = [&] {
        return learned.known == learned.lanes.size() && learned.arrival.has_value();
    };
    auto usher = let_pass();
    for (int attempt = 0; attempt < attempts_max && !knows_all(); ++attempt) {
        runner_.warm_up();
        learn(*clients, places.client_netns, learned);
        learn(*peers, places.peer_netns, learned);
    }
    if (!knows_all()) {
        throw BadStart{
            fmt::format("of {} lanes the frames of {} were seen to leave, and {} to arrive",
                        learned.lanes.size(), learned.known, learned.arrival ? "some" : "none")};
    }
    usher.reset();
    start(std::move(learned));
}

// A veth by which XDP sends a packet back wakes its other end only if that has a program, too.
// Until the sink is there it is one that waits for nothing.
std::unique_ptr<wire::Program> WireRunner::let_pass() const {
    if (!settings_.load.symmetric) return nullptr;
    auto usher = std::make_unique<wire::Program>(wire::WireShape{}, std::vector<wire::WireLane>(1));
    in_namespace(settings_.places.client_netns, [&] {
        usher->collect_at(wire::interface_with(local_address_towards(server_of(settings_.access))));
    });
    return usher;
}

void WireRunner::learn(wire::Tap& tap, const std::string& netns, Learned& learned) const {
    while (const auto seen = tap.next()) {
        const auto frame = wire::parse_frame(seen->octets);
        if (!frame) continue;
        const auto stamp = read_stamp(seen->octets.subspan(frame->payload_at));
        if (!stamp || stamp->run != runner_.number() || stamp->lane >= learned.lanes.size()) {
            continue;
        }
        if (seen->is_outgoing) {
            learn_outgoing(*seen, stamp->lane, learned);
            learned.exit = {netns, seen->interface};
        } else {
            learned.shape.arrival_at = frame->payload_at;
            learned.arrival = Place{netns, seen->interface};
        }
    }
}

void WireRunner::learn_outgoing(const wire::Tap::Seen& seen, std::uint32_t lane,
                                Learned& learned) const {
    const auto frame = wire::parse_frame(seen.octets);
    if (learned.lanes[lane].sum == 0) ++learned.known;  // of what has a header it never is
    learned.lanes[lane] = wire::lane_of(seen.octets, *frame);
    learned.shape.frame_octets = static_cast<std::uint32_t>(seen.octets.size());
    learned.shape.checksum_at = frame->checksum_at;
    learned.shape.stamp_at = frame->payload_at;
}

void WireRunner::start(Learned learned) {
    program_.emplace(learned.shape, learned.lanes);
    in_namespace(learned.exit.netns, [&] { program_->send_through(learned.exit.interface); });
    arrival_ = *learned.arrival;
    in_namespace(arrival_.netns, [&] { program_->collect_at(arrival_.interface); });
}

std::uint64_t WireRunner::dropped() const {
    std::uint64_t count = 0;
    in_namespace(arrival_.netns, [&] { count = wire::drops_at(arrival_.interface); });
    return count;
}

void WireRunner::send_until(nanoseconds end) {
    for (nanoseconds now = monotonic_now(); now < end; now = monotonic_now()) {
        program_->generate(std::min(end - now, at_once));
        runner_.look_after_stage();
    }
}

void WireRunner::await_stragglers() const {
    std::uint64_t seen = program_->tally().delivered;
    nanoseconds last_seen = monotonic_now();
    while (seen < program_->sent() && monotonic_now() - last_seen < quiet) {
        const timespec pause{0, step.count()};
        nanosleep(&pause, nullptr);
        const std::uint64_t delivered = program_->tally().delivered;
        if (delivered != seen) last_seen = monotonic_now();
        seen = delivered;
    }
}

Figures WireRunner::run(const Run& run) {
    const std::uint64_t dropped_before = dropped();
    const Reading before = take_reading(settings_.watch);
    const nanoseconds end = before.at + run.duration;
    program_->begin({.number = fresh_run(),
                     .packets_per_second = run.packets_per_second,
                     .start_ns = count_of(before.at),
                     .end_ns = count_of(end)});
    send_until(end);
    Figures figures;
    figures.usage = usage_between(before, take_reading(settings_.watch));
    // It is busy even where it has nothing to do: whether it did all, held_rate() says.
    figures.usage.own_busy = 0;
    figures.seconds = figures.usage.seconds;
    figures.delivered_in_time = program_->tally().delivered;
    await_stragglers();
    const wire::WireTally tally = program_->tally();
    figures.sent = program_->sent();
    figures.offered_per_second = run.packets_per_second > 0
                                     ? run.packets_per_second
                                     : static_cast<double>(figures.sent) / figures.seconds;
    figures.delivered = tally.delivered;
    figures.reordered = tally.reordered;
    figures.duplicated = tally.duplicated;
    figures.dropped_here = dropped() - dropped_before;
    figures.latency.add(
        std::vector<std::uint64_t>{std::begin(tally.latency), std::end(tally.latency)});
    return figures;
}

}  // namespace turnpike::bench
