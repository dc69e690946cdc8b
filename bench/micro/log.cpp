// SPDX-License-Identifier: BSD-3-Clause
//
// What an event costs its thread: one that its level leaves out, one that is written, one that is
// followed beside, and one that comes so often that it is only counted.
#include "server/telemetry/log.hpp"

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

namespace turnpike::telemetry {
namespace {

using benchmark::State;

struct Nowhere {
    int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);

    Nowhere() = default;
    ~Nowhere() { ::close(descriptor); }
    Nowhere(const Nowhere&) = delete;
    Nowhere& operator=(const Nowhere&) = delete;
};

void leave_out_by_level(State& state) {
    const Nowhere nowhere;
    Log log{{.descriptor = nowhere.descriptor}};
    for (auto _ : state) log.debug(Area::storage, "unseen", {{"id", 7U}, {"user", "alice"}});
}
BENCHMARK(leave_out_by_level);

void write_line(State& state) {
    const Nowhere nowhere;
    Log log{
        {.descriptor = nowhere.descriptor, .tail_lines = static_cast<std::size_t>(state.range(0))}};
    for (auto _ : state) log.info(Area::usage, "seen", {{"id", 7U}, {"user", "alice"}});
}
BENCHMARK(write_line)->ArgName("followed")->Arg(0)->Arg(1000);

void count_repeat(State& state) {
    const Nowhere nowhere;
    Log log{{.descriptor = nowhere.descriptor}};
    for (auto _ : state) log.info(Area::listen, "again", {{"id", 7U}, {"user", "alice"}});
}
BENCHMARK(count_repeat);

}  // namespace
}  // namespace turnpike::telemetry
