// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's half of the relay, loaded once for a test program, and one client with a channel in
// it. Packets go through BPF_PROG_TEST_RUN: no interface is touched. Who may not load it fails
// here.
#pragma once

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>

#include "server/xdp/program.hpp"
#include "server/xdp/session_slots.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kernel_packet.hpp"

namespace turnpike::test {

using xdp::EntryPoint;
using xdp::Verdict;

[[nodiscard]] inline protocol::Endpoint at(std::string_view text) {
    return protocol::Endpoint::parse(text).value();
}

[[nodiscard]] inline xdp::Program load(const xdp::Capacity& capacity) {
    auto program = xdp::Program::load(capacity);
    if (!program) {
        throw std::runtime_error{"BPF needs root and a kernel that has it: " +
                                 program.error().text};
    }
    return std::move(*program);
}

constexpr std::uint32_t hop_back = 1;  // out by where packets come in
constexpr std::uint32_t hop_unusable = 2;
constexpr std::uint32_t hop_elsewhere = 3;  // by an interface that XDP may not send through
constexpr Mac hop_mac{2, 0, 0, 0, 0, 0x51};
constexpr Mac own_mac{2, 0, 0, 0, 0, 0x52};
constexpr std::uint32_t test_interface = 1;  // what BPF_PROG_TEST_RUN has packets come in by

[[nodiscard]] inline xdp::Hop hop(std::uint32_t interface, bool usable = true) {
    xdp::Hop made{};
    std::memcpy(made.destination, hop_mac.data(), hop_mac.size());
    std::memcpy(made.source, own_mac.data(), own_mac.size());
    made.usable = usable ? 1 : 0;
    made.interface = interface;
    made.mtu = 1500;
    return made;
}

// What all tests of a program share; each leaves the maps as it found them.
struct LoadedRelay {
    xdp::Program program = load({.routes = 1024, .sessions = 64, .pools = 8, .hops = 8});
    xdp::SessionSlots slots{program.sessions(), 0};

    LoadedRelay() {
        program.hops()[hop_back] = hop(test_interface);
        program.hops()[hop_unusable] = hop(test_interface, false);
        program.hops()[hop_elsewhere] = hop(77);
    }
    static LoadedRelay& instance() {
        static LoadedRelay relay;
        return relay;
    }
};

enum class Fate : std::uint8_t { sent, dropped, passed };

[[nodiscard]] inline Fate fate(EntryPoint entry, std::uint32_t code) {
    if (entry == EntryPoint::tc) {
        if (code == TC_ACT_REDIRECT) return Fate::sent;
        if (code == TC_ACT_SHOT) return Fate::dropped;
        // Whoever is behind us has it next: TC_ACT_OK would leave them out.
        if (code == static_cast<std::uint32_t>(TC_ACT_UNSPEC)) return Fate::passed;
        throw std::logic_error{"a verdict that nobody gave"};
    }
    if (code == XDP_TX || code == XDP_REDIRECT) return Fate::sent;
    return code == XDP_PASS ? Fate::passed : Fate::dropped;
}

struct Result {
    Fate fate = Fate::dropped;
    Octets octets;                   // of the frame as it is then
    std::optional<Verdict> counted;  // none: no counter moved
    [[nodiscard]] Frame frame() const {
        const auto decoded = decode(octets);
        if (!decoded) throw std::runtime_error{"no sound frame: " + to_hex(octets)};
        return *decoded;
    }
};

[[nodiscard]] inline std::optional<Verdict> moved(const xdp::Counters& before,
                                                  const xdp::Counters& after) {
    std::optional<Verdict> found;
    for (std::size_t index = 0; index < std::size(after.packets); ++index) {
        if (after.packets[index] == before.packets[index]) continue;
        if (found || after.packets[index] != before.packets[index] + 1) {
            throw std::runtime_error{"counted more than once"};
        }
        found = static_cast<Verdict>(index);
    }
    return found;
}

// One packet through the program, while others may be on their way too. None: BPF_PROG_TEST_RUN
// takes no frame that is this short.
[[nodiscard]] inline std::optional<Result> try_run_alone(EntryPoint entry, protocol::Bytes frame,
                                                         const __sk_buff* context = nullptr) {
    Octets out(frame.size() + 256);
    bpf_test_run_opts options{};
    options.sz = sizeof options;
    options.data_in = frame.data();
    options.data_size_in = static_cast<std::uint32_t>(frame.size());
    options.data_out = out.data();
    options.data_size_out = static_cast<std::uint32_t>(out.size());
    options.repeat = 1;
    if (context != nullptr) {
        options.ctx_in = context;
        options.ctx_size_in = sizeof *context;
    }
    const int descriptor = LoadedRelay::instance().program.descriptor(entry);
    const int error = bpf_prog_test_run_opts(descriptor, &options);
    if (error == -EINVAL) return std::nullopt;
    if (error != 0) throw std::runtime_error{std::string{"test run: "} + std::strerror(-error)};
    out.resize(options.data_size_out);
    return Result{fate(entry, options.retval), out, std::nullopt};
}

[[nodiscard]] inline Result run_alone(EntryPoint entry, protocol::Bytes frame) {
    return try_run_alone(entry, frame).value();
}

// The same, and which counter it moved.
[[nodiscard]] inline std::optional<Result> try_run(EntryPoint entry, protocol::Bytes frame,
                                                   const __sk_buff* context = nullptr) {
    const xdp::Program& program = LoadedRelay::instance().program;
    const xdp::Counters before = program.counters();
    auto result = try_run_alone(entry, frame, context);
    if (result) result->counted = moved(before, program.counters());
    return result;
}

[[nodiscard]] inline Result run(EntryPoint entry, protocol::Bytes frame,
                                const __sk_buff* context = nullptr) {
    return try_run(entry, frame, context).value();
}

// One client with one channel: routes, slot and all. Taken away again when it goes.
class KernelClient {
public:
    using Clock = std::chrono::steady_clock;

    explicit KernelClient(xdp::BoundChannel bound, relay::SessionLimits limits = {},
                          std::uint32_t user_pool = 0)
        : bound_{std::move(bound)} {
        static std::uint64_t last_allocation = 100;
        bound_.allocation = protocol::AllocationId{++last_allocation};
        bound_.expires = Clock::now() + std::chrono::hours{1};
        bound_.session = slots()
                             .open({.allocation = bound_.allocation,
                                    .limits = limits,
                                    .expires = Clock::now() + std::chrono::hours{1},
                                    .user_pool = user_pool})
                             .value();
        install();
    }
    KernelClient(const KernelClient&) = delete;
    KernelClient& operator=(const KernelClient&) = delete;
    ~KernelClient() {
        routes().remove(bound_);
        slots().release(bound_.session);
    }

    void install() {
        if (routes().install(bound_) != xdp::Update::done)
            throw std::runtime_error{"not installed"};
    }
    [[nodiscard]] xdp::BoundChannel& bound() { return bound_; }
    [[nodiscard]] xdp::Usage usage() const { return slots().usage(bound_.session); }
    [[nodiscard]] xdp::SessionSlot& slot() {
        return LoadedRelay::instance().program.sessions()[bound_.session];
    }
    [[nodiscard]] static xdp::SessionSlots& slots() { return LoadedRelay::instance().slots; }
    [[nodiscard]] static xdp::RouteMap routes() { return LoadedRelay::instance().program.routes(); }

    // As they come in.
    [[nodiscard]] Frame from_client(protocol::Bytes payload, std::size_t padding = 0) const {
        return {.source = bound_.client,
                .destination = bound_.server,
                .payload = channel_data(bound_.number, payload, padding)};
    }
    [[nodiscard]] Frame from_peer(protocol::Bytes payload) const {
        return {.source = bound_.peer,
                .destination = bound_.relayed_inner,
                .payload = copy_of(payload)};
    }

private:
    xdp::BoundChannel bound_;
};

// By the families of the client's and the peer's side.
[[nodiscard]] inline xdp::BoundChannel channel(bool client_v6 = false, bool peer_v6 = false) {
    xdp::BoundChannel bound;
    bound.client = at(client_v6 ? "[2001:db8:c::9]:40000" : "203.0.113.9:40000");
    bound.server = at(client_v6 ? "[2001:db8::1]:3478" : "192.0.2.1:3478");
    bound.relayed = bound.relayed_inner = at(peer_v6 ? "[2001:db8::1]:50000" : "192.0.2.1:50000");
    bound.peer = at(peer_v6 ? "[2001:db8:b::7]:7000" : "198.51.100.7:7000");
    bound.number = 0x4001;
    bound.hop_to_peer = bound.hop_to_client = hop_back;
    return bound;
}

}  // namespace turnpike::test
