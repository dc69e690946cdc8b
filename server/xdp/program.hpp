// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's half of the relay, loaded: its programs and its maps, which live as long as this and
// the attachments do; with pins, and once it was left, until another process takes them over.
// Loading needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON; what comes after attaches what is loaded,
// writes into mappings or changes entries of maps, which any user may who has them open.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "server/xdp/entry_point.hpp"
#include "server/xdp/pins.hpp"
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
    // With the maps that are pinned there and all that they hold, if they are as this program's
    // own would be; else what is pinned there is removed, links too, and our own maps are pinned.
    // Inherited routes go on as they are, and as long as they were left for: see set_until().
    [[nodiscard]] static Outcome<Program> load(const Capacity& capacity, const Pins& pins);

    [[nodiscard]] bool is_inherited() const noexcept { return is_inherited_; }
    // Why it is not, where there was something to inherit.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    // None: it goes with this process.
    [[nodiscard]] const Pins* pins() const noexcept { return pins_ ? &*pins_ : nullptr; }

    // Until then the routes are relayed by, and after it everything is passed up, whatever becomes
    // of this process; TimePoint::max(): for as long as there is one, which is so after loading
    // what was not inherited.
    void set_until(protocol::TimePoint until) noexcept;
    // Of the state that belongs to what the maps hold, as whoever left them said; 0: of none.
    [[nodiscard]] std::uint64_t identity() const noexcept;
    // The maps stay pinned when this goes, with their content, for who knows that identity. Only
    // where there are pins; each attachment is to be left too.
    void leave(protocol::TimePoint until, std::uint64_t identity) noexcept;

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
    [[nodiscard]] Outcome<void> open(const Capacity& capacity);
    [[nodiscard]] Outcome<void> start();
    [[nodiscard]] Outcome<void> pin_maps();
    void begin_control() noexcept;
    [[nodiscard]] Control& control() const noexcept { return control_.values().front(); }
    [[nodiscard]] int map(const char* name) const noexcept;
    template <typename Value>
    [[nodiscard]] Outcome<SharedArray<Value>> share(const char* name) const;

    // Constant after construction.
    std::unique_ptr<bpf_object, Close> object_;
    SharedArray<SessionSlot> sessions_;
    SharedArray<Pool> pools_;
    SharedArray<Hop> hops_;
    SharedArray<Control> control_;
    std::optional<Pins> pins_;
    std::vector<Pin> map_pins_;  // of all maps, or of none
    std::string reason_;
    bool is_inherited_ = false;
};

}  // namespace turnpike::xdp
