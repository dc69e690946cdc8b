// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/xdp/relay_object.hpp"

namespace turnpike::xdp {

namespace {

constexpr std::array program_names{"relay_xdp", "relay_tc"};  // by EntryPoint
constexpr std::size_t log_octets = 1U << 20U;
constexpr std::size_t log_lines_max = 4;

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

Outcome<Program> Program::load(const Capacity& capacity) {
    libbpf_set_print(nullptr);  // what there is to say is in the Problem
    Program program;
    const auto octets = relay_object();
    bpf_object_open_opts options{};
    options.sz = sizeof options;
    options.object_name = "turnpike";
    program.object_.reset(bpf_object__open_mem(octets.data(), octets.size(), &options));
    if (!program.object_) return problem(errno, "reading the BPF object");
    if (auto resized = resize(program.object_.get(), capacity); !resized) return resized.error();
    if (auto verified = verify(program.object_.get()); !verified) return verified.error();
    auto sessions = program.share<SessionSlot>("sessions");
    if (!sessions) return sessions.error();
    auto pools = program.share<Pool>("pools");
    if (!pools) return pools.error();
    auto hops = program.share<Hop>("hops");
    if (!hops) return hops.error();
    program.sessions_ = std::move(*sessions);
    program.pools_ = std::move(*pools);
    program.hops_ = std::move(*hops);
    return program;
}

RouteMap Program::routes() const noexcept {
    return RouteMap{map("routes")};
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
