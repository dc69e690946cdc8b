// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's half of the relay, loaded: its programs and its maps, which live as long as this and
// the attachments do. Loading and attaching need CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; what comes
// after writes into mappings or changes entries of maps, which any user may who has them open.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "server/xdp/entry_point.hpp"
#include "server/xdp/problem.hpp"
#include "server/xdp/route_abi.h"
#include "server/xdp/route_map.hpp"
#include "server/xdp/shared_array.hpp"

struct bpf_map;
struct bpf_object;

namespace turnpike::xdp {

// How many of each there is room for. All of it is allocated when the program is loaded.
struct Capacity {
    std::uint32_t routes = 65'536;  // two for each channel
    std::uint32_t sessions = 16'384;
    std::uint32_t pools = 4'096;  // the first one is nobody's
    std::uint32_t hops = 1'024;
};

class Program {
public:
    [[nodiscard]] static Outcome<Program> load(const Capacity& capacity);

    [[nodiscard]] RouteMap routes() const noexcept;
    // Memory that the kernel's half uses as it is written.
    [[nodiscard]] std::span<SessionSlot> sessions() const noexcept;
    [[nodiscard]] std::span<Pool> pools() const noexcept;
    [[nodiscard]] std::span<Hop> hops() const noexcept;
    // Of all CPUs together.
    [[nodiscard]] Counters counters() const;

    // XDP may send through this interface from now on, if its driver can; needed for each that a
    // hop names, before the hop is used.
    [[nodiscard]] Outcome<void> open_interface(std::uint32_t interface) const;

    [[nodiscard]] int descriptor(EntryPoint entry) const noexcept;

private:
    struct Close {
        void operator()(bpf_object* object) const noexcept;
    };

    Program() = default;
    [[nodiscard]] int map(const char* name) const noexcept;
    template <typename Value>
    [[nodiscard]] Outcome<SharedArray<Value>> share(const char* name) const;

    // Constant after construction.
    std::unique_ptr<bpf_object, Close> object_;
    SharedArray<SessionSlot> sessions_;
    SharedArray<Pool> pools_;
    SharedArray<Hop> hops_;
};

}  // namespace turnpike::xdp
