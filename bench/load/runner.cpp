// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/runner.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <thread>

#include "bench/load/failure.hpp"
#include "bench/load/stamp.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds quiet = 200ms;          // nothing more will come
constexpr nanoseconds stragglers_max = 5s;    // whatever still trickles in
constexpr std::size_t warm_up_lanes = 64;     // at once; any queue on the way holds as many
constexpr nanoseconds receive_step = 10ms;    // between looks at whether to stop
constexpr nanoseconds sleep_min = 20us;       // a shorter one costs more than it saves
constexpr nanoseconds together_step = 200us;  // of one thread for both

void sleep_until(nanoseconds when) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(when);
    const timespec until{whole.count(), (when - whole).count()};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

SenderSettings sender_settings(const Load& load) {
    return {.payload_octets = load.payload_octets,
            .burst = load.burst,
            .segmentation = load.segmentation};
}

}  // namespace

std::uint32_t fresh_run() {
    std::uint32_t number = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
    return number;
}

Runner::Runner(Stage& stage, const Settings& settings)
    : stage_{stage},
      settings_{settings},
      tally_{stage.lanes().size()},
      sender_{stage.lanes(), sender_settings(settings.load)},
      receiver_{stage.inlets(), tally_, settings.load.segmentation} {
    receiver_.on_aside(
        [&](std::size_t inlet, protocol::Bytes message) { stage_.take_answer(inlet, message); });
    prctl(PR_SET_TIMERSLACK, 1UL);  // the default of 50 us would make bursts of single packets
}

// Stray packets of an earlier run, or of another program, are nobody's in the next one.
void Runner::begin() {
    run_ = fresh_run();
    tally_.begin(run_);
    sender_.begin(run_);
    sampler_.begin(monotonic_now());
}

void Runner::tend() {
    const nanoseconds now = monotonic_now();
    stage_.keep_alive(now);
    if (stage_.wants_one_thread()) sender_.push_on();
    if (!sampler_.look(now, sender_.sent(), tally_)) return;
    const Sample& sample = sampler_.samples().back();
    progress_.say(fmt::format("{:.0f} s: {:.0f} packets/s sent, {:.0f} delivered, p99 {:.0f} us",
                              sample.at, sample.sent_per_second, sample.delivered_per_second,
                              sample.p99_us));
}

void Runner::receive_until(const std::function<bool()>& done) {
    while (!done()) {
        receiver_.turn(receive_step);
        tend();
    }
}

void Runner::await_stragglers() {
    const nanoseconds end = monotonic_now() + stragglers_max;
    std::uint64_t seen = tally_.delivered();
    nanoseconds last_seen = monotonic_now();
    receive_until([&] {
        const nanoseconds now = monotonic_now();
        if (tally_.delivered() != seen) {
            seen = tally_.delivered();
            last_seen = now;
        }
        return seen >= sender_.sent() || now - last_seen > quiet || now > end;
    });
}

void Runner::warm_up() {
    begin();
    const auto lanes = stage_.lanes();
    for (std::size_t at = 0; at < lanes.size(); at += warm_up_lanes) {
        sender_.send_to(lanes.subspan(at, std::min(warm_up_lanes, lanes.size() - at)), 1);
        await_stragglers();
        if (tally_.delivered() == 0) break;
    }
    const auto came_through = [&](bool to_clients) {
        bool some = false;
        bool any = false;
        for (const Lane& lane : stage_.lanes()) {
            if ((lane.destination.octets > 0) != to_clients) continue;
            any = true;
            some = some || tally_.delivered(lane.number) > 0;
        }
        return some || !any;
    };
    if (came_through(true) && came_through(false)) return;
    if (sender_.refused() > 0) {
        throw BadStart{
            fmt::format("this machine does not send: {}", std::strerror(sender_.last_error()))};
    }
    throw BadStart{fmt::format(
        "nothing comes through the relay to the {}: does the server permit these peers, do they "
        "reach it, are they on another address than the relay (--peer-address)?",
        came_through(true) ? "peers" : "clients")};
}

void Runner::look_after_stage() {
    receiver_.turn(0ns);
    stage_.keep_alive(monotonic_now());
}

Runner::Turn Runner::turn_of(const Run& run) {
    if (run.in_their_rhythm) {
        std::vector<StreamShape> shapes;
        for (const Lane& lane : stage_.lanes()) shapes.push_back(lane.shape);
        return [this, table = Timetable{std::move(shapes), monotonic_now()}]() mutable {
            return sender_.turn(table);
        };
    }
    return [this, pacer = Pacer{run.packets_per_second, settings_.load.burst,
                                monotonic_now()}]() mutable { return sender_.turn(pacer); };
}

void Runner::send_alone(const Turn& turn, nanoseconds end) {
    while (monotonic_now() < end) {
        const nanoseconds next = std::min(turn(), end);
        if (next - monotonic_now() > sleep_min) sleep_until(next);
    }
}

void Runner::send_and_receive(const Turn& turn, nanoseconds end) {
    while (monotonic_now() < end) {
        const nanoseconds next = std::min(turn(), end);
        receiver_.turn(std::clamp<nanoseconds>(next - monotonic_now(), 0ns, together_step));
        tend();
    }
}

Figures Runner::run(const Run& run) {
    begin();
    const std::uint64_t dropped_before = receiver_.dropped();
    const bool together = stage_.wants_one_thread();
    std::atomic<bool> stop = false;
    std::thread receiving;
    if (!together) {
        receiving = std::thread{[&] { receive_until([&] { return stop.load(); }); }};
    }
    const Reading before = take_reading(settings_.watch);
    const nanoseconds end = before.at + run.duration;
    const Turn turn = turn_of(run);
    together ? send_and_receive(turn, end) : send_alone(turn, end);
    Figures figures = figures_since(before, run);
    stop = true;
    if (receiving.joinable()) receiving.join();
    await_stragglers();
    progress_.say({});
    figures.delivered = tally_.delivered();
    figures.reordered = tally_.reordered();
    figures.duplicated = tally_.duplicated();
    figures.held_back = sender_.held_back();
    figures.dropped_here = receiver_.dropped() - dropped_before;
    figures.latency = tally_.latency();
    return figures;
}

// What can be said as soon as the sender is done.
Figures Runner::figures_since(const Reading& before, const Run& run) const {
    Figures figures;
    figures.usage = usage_between(before, take_reading(settings_.watch));
    figures.seconds = figures.usage.seconds;
    figures.sent = sender_.sent();
    figures.delivered_in_time = tally_.delivered();
    figures.offered_per_second = run.packets_per_second > 0
                                     ? run.packets_per_second
                                     : static_cast<double>(figures.sent) / figures.seconds;
    return figures;
}

}  // namespace turnpike::bench
