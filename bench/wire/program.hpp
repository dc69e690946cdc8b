// SPDX-License-Identifier: BSD-3-Clause
//
// The programs of wire.bpf.c, loaded for frames of one shape, with their maps. What it is told of
// an interface is told in a thread that is in that interface's network namespace. Belongs to one
// thread. BadStart where the kernel does not do it: this needs Linux 5.18 and the rights of root.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "bench/wire/abi.h"
#include "server/net/file_descriptor.hpp"
#include "server/xdp/shared_array.hpp"

struct bpf_object;

namespace turnpike::wire {

class Program {
public:
    // A generator and a sink.
    Program(const WireShape& shape, std::span<const WireLane> lanes);
    // What only forwards, between two interfaces.
    Program(const WireWay& one, const WireWay& other);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() = default;

    // The generator sends there; there is nothing at the other end to take it without XDP or GRO.
    void send_through(std::uint32_t interface);
    // Attached by XDP of the driver, until this is destroyed.
    void collect_at(std::uint32_t interface);
    void forward_at(std::uint32_t interface);

    // From here on other packets count, from nothing: those of this run, at this rate (0: as fast
    // as it goes) and until then.
    struct Run {
        std::uint32_t number = 0;
        double packets_per_second = 0;
        std::uint64_t start_ns = 0;
        std::uint64_t end_ns = 0;
    };
    void begin(const Run& run);
    // Looks all the time whether a packet is due, and sends it. Takes this thread's core, but for
    // who comes before it, and the process's SIGALRM. Not for moments: to begin and to end, the
    // kernel waits for all of its cores.
    void generate(std::chrono::nanoseconds duration);
    // One frame, as the generator makes it, and nothing is sent.
    [[nodiscard]] std::vector<std::byte> sample();
    // Whether the sink keeps this frame for itself.
    [[nodiscard]] bool keeps(std::span<const std::byte> frame);

    [[nodiscard]] std::uint64_t sent() const noexcept;
    // Of all CPUs together.
    [[nodiscard]] WireTally tally() const;

private:
    struct Close {
        void operator()(bpf_object* object) const noexcept;
    };

    void open(const WireConstants& constants);
    void load();
    void resize(const char* map, std::size_t entries);
    template <typename Value>
    [[nodiscard]] xdp::SharedArray<Value> share(const char* name, std::size_t count) const;
    void set_exit(std::uint32_t number, std::uint32_t interface);
    void attach(const char* program, std::uint32_t interface);
    [[nodiscard]] int map(const char* name) const noexcept;
    [[nodiscard]] int program(const char* name) const noexcept;

    std::unique_ptr<bpf_object, Close> object_;
    std::vector<net::FileDescriptor> links_;
    std::vector<std::byte> frame_;
    xdp::SharedArray<WirePlan> plan_;
    xdp::SharedArray<WireLane> lanes_;
    xdp::SharedArray<WireArrival> arrivals_;
};

}  // namespace turnpike::wire
