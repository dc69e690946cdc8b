// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/xdp/inherited_maps.hpp"
#include "server/xdp/monotonic.hpp"
#include "server/xdp/relay_object.hpp"

namespace turnpike::xdp {

namespace {

constexpr std::array program_names{"relay_xdp", "relay_tc"};  // by EntryPoint
constexpr std::size_t log_octets = 1U << 20U;
constexpr std::size_t log_lines_max = 4;

void write_number(__u64& number, std::uint64_t value) noexcept {
    std::atomic_ref{number}.store(value, std::memory_order_release);
}

std::uint64_t read_number(__u64& number) noexcept {
    return std::atomic_ref{number}.load(std::memory_order_acquire);
}

// What the verifier has against a program stands in its last lines, before its statistics.
std::string last_words(std::string_view log) {
    log = log.substr(0, log.find('\0'));
    if (const auto statistics = log.rfind("processed "); statistics != std::string_view::npos) {
        log = log.substr(0, statistics);
    }
    while (!log.empty() && log.back() == '\n') log.remove_suffix(1);
    std::size_t begin = log.size();
    for (std::size_t lines = 0; lines < log_lines_max && begin != 0; ++lines) {
        const auto end_of_line = log.rfind('\n', begin - 1);
        begin = end_of_line == std::string_view::npos ? 0 : end_of_line;
    }
    std::string text{log.substr(begin)};
    for (char& letter : text) {
        if (letter == '\n') letter = ' ';
    }
    return text;
}

struct Size {
    const char* map;
    std::uint32_t entries;
};

Outcome<void> resize(bpf_object* object, const Capacity& capacity) {
    for (const Size& size : {Size{"routes", capacity.routes}, Size{"sessions", capacity.sessions},
                             Size{"pools", capacity.pools}, Size{"hops", capacity.hops}}) {
        bpf_map* const map = bpf_object__find_map_by_name(object, size.map);
        if (const int error = bpf_map__set_max_entries(map, size.entries); error != 0) {
            return problem(error, std::string{"BPF map "} + size.map);
        }
    }
    return {};
}

Outcome<void> verify(bpf_object* object) {
    std::vector<char> log(log_octets);
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        bpf_program__set_log_buf(program, log.data(), log.size());
    }
    const int error = bpf_object__load(object);
    if (error == 0) {
        bpf_object__for_each_program(program, object) {
            bpf_program__set_log_buf(program, nullptr, 0);
        }
        return {};
    }
    std::string what = "the kernel does not take the BPF program";
    const std::string words = last_words({log.data(), log.size()});
    if (!words.empty()) what += " (" + words + ")";
    return problem(error, std::move(what));
}

}  // namespace

void Program::Close::operator()(bpf_object* object) const noexcept {
    bpf_object__close(object);
}

int Program::map(const char* name) const noexcept {
    return bpf_object__find_map_fd_by_name(object_.get(), name);
}

template <typename Value>
Outcome<SharedArray<Value>> Program::share(const char* name) const {
    const bpf_map* const map = bpf_object__find_map_by_name(object_.get(), name);
    const std::size_t size = bpf_map__max_entries(map);
    void* const memory = ::mmap(nullptr, size * sizeof(Value), PROT_READ | PROT_WRITE, MAP_SHARED,
                                bpf_map__fd(map), 0);
    if (memory == MAP_FAILED) return problem(errno, std::string{"sharing BPF map "} + name);
    return SharedArray<Value>{std::span{static_cast<Value*>(memory), size}};
}

Outcome<void> Program::open(const Capacity& capacity) {
    libbpf_set_print(nullptr);  // what there is to say is in the Problem
    const auto octets = relay_object();
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = "turnpike";
    object_.reset(bpf_object__open_mem(octets.data(), octets.size(), &options));
    if (!object_) return problem(errno, "reading the BPF object");
    return resize(object_.get(), capacity);
}

Outcome<void> Program::start() {
    if (auto verified = verify(object_.get()); !verified) return verified.error();
    auto sessions = share<SessionSlot>("sessions");
    if (!sessions) return sessions.error();
    auto pools = share<Pool>("pools");
    if (!pools) return pools.error();
    auto hops = share<Hop>("hops");
    if (!hops) return hops.error();
    auto control = share<Control>("control");
    if (!control) return control.error();
    sessions_ = std::move(*sessions);
    pools_ = std::move(*pools);
    hops_ = std::move(*hops);
    control_ = std::move(*control);
    begin_control();
    return {};
}

void Program::begin_control() noexcept {
    if (is_inherited_) {
        write_number(control().generation, read_number(control().generation) + 1);
        return;
    }
    write_number(control().abi, TURNPIKE_ABI_VERSION);
    write_number(control().network, own_network());
    set_until(protocol::TimePoint::max());
}

Outcome<Program> Program::load(const Capacity& capacity) {
    Program program;
    if (auto opened = program.open(capacity); !opened) return opened.error();
    if (auto started = program.start(); !started) return started.error();
    return program;
}

Outcome<Program> Program::load(const Capacity& capacity, const Pins& pins) {
    Program program;
    program.pins_ = pins;
    if (auto opened = program.open(capacity); !opened) return opened.error();
    if (pins.has_maps()) {
        const auto inherited = inherit_maps(pins, program.object_.get());
        program.is_inherited_ = inherited.has_value();
        if (!inherited) {
            program.reason_ = inherited.error().text;
            if (auto opened = program.open(capacity); !opened) return opened.error();
        }
    }
    if (auto started = program.start(); !started) return started.error();
    if (auto pinned = program.pin_maps(); !pinned) return pinned.error();
    return program;
}

// A name that was there already is ours from now on.
Outcome<void> Program::pin_maps() {
    if (!is_inherited_) pins_->remove_all();
    for (const char* const name : Pins::maps) {
        if (is_inherited_) {
            map_pins_.emplace_back(pins_->path_of(name));
            continue;
        }
        auto pin = pins_->pin(map(name), pins_->path_of(name));
        if (!pin) return pin.error();
        map_pins_.push_back(std::move(*pin));
    }
    return {};
}

void Program::set_until(protocol::TimePoint until) noexcept {
    write_number(control().until_ns,
                 until == protocol::TimePoint::max() ? ~std::uint64_t{0} : monotonic_ns(until));
}

std::uint64_t Program::identity() const noexcept {
    return read_number(control().identity);
}

void Program::leave(protocol::TimePoint until, std::uint64_t identity) noexcept {
    write_number(control().identity, identity);
    set_until(until);
    for (Pin& pin : map_pins_) pin.leave();
}

RouteMap Program::routes() const noexcept {
    return RouteMap{map("routes"), static_cast<std::uint32_t>(read_number(control().generation))};
}

std::span<SessionSlot> Program::sessions() const noexcept {
    return sessions_.values();
}

std::span<Pool> Program::pools() const noexcept {
    return pools_.values();
}

std::span<Hop> Program::hops() const noexcept {
    return hops_.values();
}

Counters Program::counters() const {
    const int cpus = libbpf_num_possible_cpus();
    Counters total{};
    if (cpus <= 0) return total;
    std::vector<Counters> each(static_cast<std::size_t>(cpus));
    const std::uint32_t first = 0;
    if (bpf_map_lookup_elem(map("counters"), &first, each.data()) != 0) return total;
    for (const Counters& one : each) {
        for (std::size_t index = 0; index < std::size(total.packets); ++index) {
            total.packets[index] += one.packets[index];
        }
        for (std::size_t index = 0; index < std::size(total.octets); ++index) {
            total.octets[index] += one.octets[index];
        }
    }
    return total;
}

Outcome<void> Program::open_interface(std::uint32_t interface) const {
    const int error = bpf_map_update_elem(map("interfaces"), &interface, &interface, BPF_ANY);
    if (error != 0) return problem(error, "redirecting to interface " + std::to_string(interface));
    return {};
}

int Program::descriptor(EntryPoint entry) const noexcept {
    const char* const name = program_names[static_cast<std::size_t>(entry)];
    return bpf_program__fd(bpf_object__find_program_by_name(object_.get(), name));
}

}  // namespace turnpike::xdp
