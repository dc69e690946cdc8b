// SPDX-License-Identifier: BSD-3-Clause
//
// What a deadline costs to move, and what a turn of the loop costs while as many wait as the
// argument says.
#include "server/worker/timer_wheel.hpp"

#include <benchmark/benchmark.h>

#include <chrono>

namespace turnpike::worker {
namespace {

using benchmark::DoNotOptimize;
using benchmark::State;

constexpr protocol::TimePoint start{std::chrono::hours{1}};

constexpr std::uint64_t stride = 7919;  // steps over all timers, none near the last

protocol::TimePoint tomorrow(std::uint64_t number) {
    return start + std::chrono::hours{24} + std::chrono::milliseconds{number * stride % 600'000};
}

TimerWheel filled(std::int64_t timers) {
    TimerWheel wheel{start};
    for (std::uint64_t number = 0; number < static_cast<std::uint64_t>(timers); ++number) {
        wheel.set(protocol::AllocationId{number}, tomorrow(number));
    }
    return wheel;
}

void move_deadline(State& state) {
    TimerWheel wheel = filled(state.range(0));
    const auto timers = static_cast<std::uint64_t>(state.range(0));
    std::uint64_t number = 0;
    for (auto _ : state) {
        number += stride;
        wheel.set(protocol::AllocationId{number % timers}, tomorrow(number));
    }
}
BENCHMARK(move_deadline)->Arg(1000)->Arg(100000);

// As an allocation that begins and one that ends.
void set_and_forget(State& state) {
    TimerWheel wheel = filled(state.range(0));
    auto number = static_cast<std::uint64_t>(state.range(0));
    for (auto _ : state) {
        wheel.set(protocol::AllocationId{number}, tomorrow(number));
        wheel.cancel(protocol::AllocationId{number});
        ++number;
    }
}
BENCHMARK(set_and_forget)->Arg(1000)->Arg(100000);

void turn_of_the_loop(State& state) {
    TimerWheel wheel = filled(state.range(0));
    protocol::TimePoint now = start;
    for (auto _ : state) {
        // Wraps before the first deadline, so that every turn does the same work.
        now += TimerWheel::tick;
        if (now > start + std::chrono::hours{23}) {
            state.PauseTiming();
            wheel = filled(state.range(0));
            now = start;
            state.ResumeTiming();
        }
        DoNotOptimize(wheel.advance(now));
        DoNotOptimize(wheel.next());
    }
}
BENCHMARK(turn_of_the_loop)->Arg(0)->Arg(1000)->Arg(100000);

}  // namespace
}  // namespace turnpike::worker
