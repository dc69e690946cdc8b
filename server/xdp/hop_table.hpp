// SPDX-License-Identifier: BSD-3-Clause
//
// Which index of the kernel's hops stands for which next hop, and how many users it has. Index 0 is
// never given away and never usable: a route with no way out has that one. Bookkeeping only: who
// knows the addresses of Ethernet calls write(). Owned by one thread, or guarded by its owner; the
// memory belongs to a Program, which outlives this.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

using Mac = std::array<std::uint8_t, 6>;

// A neighbour: whom to hand a packet, on which cable.
struct NextHop {
    std::uint32_t interface = 0;
    protocol::IpAddress address;

    constexpr auto operator<=>(const NextHop&) const noexcept = default;
};
[[nodiscard]] std::size_t hash_value(const NextHop& next_hop) noexcept;

class HopTable {
public:
    static constexpr std::uint32_t nowhere = 0;
    // A packet that read a route just before it was removed still looks at its hop. It is done with
    // it in microseconds; only after this may the index stand for another neighbour.
    static constexpr std::chrono::seconds rest{1};

    // What a frame to a neighbour needs.
    struct Framing {
        Mac destination{};
        Mac source{};
        std::uint32_t mtu = 0;  // octets of an IP packet
    };

    // What is written there already stays as it is, and is handed out to nobody: routes that a
    // process before this one has installed may go by it.
    explicit HopTable(std::span<Hop> hops);
    // There are no such routes any more.
    void release_inherited(protocol::TimePoint now) noexcept;

    // One more user of the index. None: all have users, or rest.
    [[nodiscard]] std::optional<std::uint32_t> acquire(const NextHop& next_hop,
                                                       protocol::TimePoint now);
    // One user less. Without users an index is not usable.
    void release(std::uint32_t index, protocol::TimePoint now) noexcept;
    // Not usable any more, whatever is known of the neighbour: whoever asks for this next hop again
    // gets another index. The users of this one keep it until they release it.
    void retire(std::uint32_t index) noexcept;

    // Both hold for the next packet. Of an index that was retired or has no users: nothing happens.
    void write(std::uint32_t index, const Framing& framing) noexcept;
    void disable(std::uint32_t index) noexcept;

    // The index that stands for a next hop now and has users.
    [[nodiscard]] std::optional<std::uint32_t> find(const NextHop& next_hop) const noexcept;
    [[nodiscard]] const NextHop& next_hop(std::uint32_t index) const noexcept;
    [[nodiscard]] bool is_usable(std::uint32_t index) const noexcept;
    // Those that have users and are not retired.
    [[nodiscard]] std::vector<std::uint32_t> in_use() const;

private:
    enum class State : std::uint8_t {
        idle,     // no users; it may stand for its last next hop again, or after a rest for another
        current,  // has users, and is found by its next hop
        retired,  // has users, and is not found any more
        inherited,  // has users that are not counted here, and is not found
    };
    struct Entry {
        State state = State::idle;
        std::uint32_t users = 0;
        NextHop next_hop;
        protocol::TimePoint idle_since = protocol::TimePoint::min();
    };

    [[nodiscard]] std::optional<std::uint32_t> longest_idle(protocol::TimePoint now) const noexcept;
    void forget(std::uint32_t index) noexcept;

    std::span<Hop> hops_;
    std::vector<Entry> entries_;
    boost::unordered_flat_map<NextHop, std::uint32_t> by_next_hop_;  // current, or idle
};

}  // namespace turnpike::xdp
