// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <sys/mman.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <limits>
#include <string>

#include "bench/load/failure.hpp"
#include "bench/wire/wire_object.hpp"

namespace turnpike::wire {
namespace {

// The kernel sends what is due when so many looks are over, and only then lets who counts on this
// core have it: more, and a cable of 256 packets is full meanwhile. It keeps the memory of as many
// frames: fewer, and making one takes longer.
constexpr std::uint32_t batch = 64;
constexpr double per_nanosecond = 1e9 * 65536;

[[noreturn]] void fail(const std::string& what, int error) {
    throw bench::BadStart{what + ": " + std::strerror(error < 0 ? -error : error)};
}

// A signal interrupts BPF_PROG_RUN. It comes again and again, lest it come too early.
class Alarm {
public:
    explicit Alarm(std::chrono::nanoseconds after) {
        struct sigaction action{};
        action.sa_handler = [](int) {};
        sigaction(SIGALRM, &action, &before_);
        const auto count = std::chrono::ceil<std::chrono::microseconds>(after).count();
        const itimerval timer{.it_interval = {0, 10'000},
                              .it_value = {count / 1'000'000, count % 1'000'000}};
        setitimer(ITIMER_REAL, &timer, nullptr);
    }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    ~Alarm() {
        const itimerval none{};
        setitimer(ITIMER_REAL, &none, nullptr);
        sigaction(SIGALRM, &before_, nullptr);
    }

private:
    struct sigaction before_{};
};

}  // namespace

void Program::Close::operator()(bpf_object* object) const noexcept {
    bpf_object__close(object);
}

Program::Program(const WireShape& shape, std::span<const WireLane> lanes)
    : frame_(shape.frame_octets) {
    open({.shape = shape, .ways = {}});
    resize("lanes", lanes.size());
    resize("arrivals", lanes.size());
    load();
    plan_ = share<WirePlan>("plan", 1);
    lanes_ = share<WireLane>("lanes", lanes.size());
    arrivals_ = share<WireArrival>("arrivals", lanes.size());
    std::ranges::copy(lanes, lanes_.values().begin());
}

Program::Program(const WireWay& one, const WireWay& other) {
    open({.shape = {}, .ways = {one, other}});
    load();
    for (const WireWay& way : {one, other}) set_exit(way.to, way.to);
}

void Program::open(const WireConstants& constants) {
    libbpf_set_print(nullptr);  // what there is to say is in the failure
    const auto octets = wire_object();
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = "wire";
    object_.reset(bpf_object__open_mem(octets.data(), octets.size(), &options));
    if (!object_) fail("reading the BPF object", errno);
    bpf_map* const section = bpf_object__find_map_by_name(object_.get(), ".rodata");
    if (const int error = bpf_map__set_initial_value(section, &constants, sizeof constants)) {
        fail("the BPF program's constants", error);
    }
}

void Program::load() {
    if (const int error = bpf_object__load(object_.get())) {
        fail("the kernel does not take the BPF program", error);
    }
}

void Program::resize(const char* map, std::size_t entries) {
    bpf_map* const found = bpf_object__find_map_by_name(object_.get(), map);
    const auto count = static_cast<std::uint32_t>(entries);
    if (const int error = bpf_map__set_max_entries(found, count)) {
        fail(std::string{"BPF map "} + map, error);
    }
}

template <typename Value>
xdp::SharedArray<Value> Program::share(const char* name, std::size_t count) const {
    void* const memory =
        ::mmap(nullptr, count * sizeof(Value), PROT_READ | PROT_WRITE, MAP_SHARED, map(name), 0);
    if (memory == MAP_FAILED) fail(std::string{"sharing BPF map "} + name, errno);
    return xdp::SharedArray<Value>{std::span{static_cast<Value*>(memory), count}};
}

int Program::map(const char* name) const noexcept {
    return bpf_object__find_map_fd_by_name(object_.get(), name);
}

int Program::program(const char* name) const noexcept {
    return bpf_program__fd(bpf_object__find_program_by_name(object_.get(), name));
}

void Program::set_exit(std::uint32_t number, std::uint32_t interface) {
    if (const int error = bpf_map_update_elem(map("exits"), &number, &interface, BPF_ANY)) {
        fail("redirecting to interface " + std::to_string(interface), error);
    }
}

void Program::attach(const char* program, std::uint32_t interface) {
    bpf_link_create_opts options{};
    options.sz = sizeof options;
    options.flags = XDP_FLAGS_DRV_MODE;
    net::FileDescriptor link{
        bpf_link_create(this->program(program), static_cast<int>(interface), BPF_XDP, &options)};
    if (!link) fail("no native XDP on interface " + std::to_string(interface), errno);
    links_.push_back(std::move(link));
}

void Program::send_through(std::uint32_t interface) {
    set_exit(0, interface);
}

void Program::collect_at(std::uint32_t interface) {
    attach("collect", interface);
}

void Program::forward_at(std::uint32_t interface) {
    attach("forward", interface);
}

void Program::begin(const Run& run) {
    const std::uint32_t first = 0;
    const double interval =
        run.packets_per_second > 0 ? per_nanosecond / run.packets_per_second : 0;
    plan_.values()[0] = {.start_ns = run.start_ns,
                         .end_ns = run.end_ns,
                         .due = 0,
                         .interval = static_cast<std::uint64_t>(interval),
                         .sent = 0,
                         .run = run.number,
                         .lanes = static_cast<std::uint32_t>(lanes_.values().size()),
                         .turn = 0,
                         .unused = 0};
    std::ranges::fill(arrivals_.values(), WireArrival{});
    for (WireLane& lane : lanes_.values()) lane.next = 0;
    const auto cpus = static_cast<std::size_t>(libbpf_num_possible_cpus());
    const std::vector<WireTally> nothing(cpus);
    if (const int error = bpf_map_update_elem(map("tallies"), &first, nothing.data(), BPF_ANY)) {
        fail("BPF map tallies", error);
    }
}

void Program::generate(std::chrono::nanoseconds duration) {
    const Alarm alarm{duration};
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    options.data_in = frame_.data();
    options.data_size_in = static_cast<std::uint32_t>(frame_.size());
    options.repeat = std::numeric_limits<int>::max();
    options.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
    options.batch_size = batch;
    const int error = bpf_prog_test_run_opts(program("generate"), &options);
    if (error != 0 && error != -EINTR) fail("the kernel sends no frames of BPF_PROG_RUN", error);
}

std::vector<std::byte> Program::sample() {
    std::vector<std::byte> made(frame_.size());
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    options.data_in = frame_.data();
    options.data_size_in = static_cast<std::uint32_t>(frame_.size());
    options.data_out = made.data();
    options.data_size_out = options.data_size_in;
    options.repeat = 1;
    if (const int error = bpf_prog_test_run_opts(program("generate"), &options)) {
        fail("BPF_PROG_RUN", error);
    }
    return made;
}

bool Program::keeps(std::span<const std::byte> frame) {
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    options.data_in = frame.data();
    options.data_size_in = static_cast<std::uint32_t>(frame.size());
    options.repeat = 1;
    if (const int error = bpf_prog_test_run_opts(program("collect"), &options)) {
        fail("BPF_PROG_RUN", error);
    }
    return options.retval == XDP_DROP;
}

std::uint64_t Program::sent() const noexcept {
    return plan_.values()[0].sent;
}

WireTally Program::tally() const {
    const std::uint32_t first = 0;
    std::vector<WireTally> each(static_cast<std::size_t>(libbpf_num_possible_cpus()));
    if (const int error = bpf_map_lookup_elem(map("tallies"), &first, each.data())) {
        fail("BPF map tallies", error);
    }
    WireTally total{};
    for (const WireTally& one : each) {
        total.delivered += one.delivered;
        total.octets += one.octets;
        total.reordered += one.reordered;
        total.duplicated += one.duplicated;
        for (std::size_t bucket = 0; bucket < wire_buckets; ++bucket) {
            total.latency[bucket] += one.latency[bucket];
        }
    }
    return total;
}

}  // namespace turnpike::wire
