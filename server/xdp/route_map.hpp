// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's routes: a projection of turn::Allocation, beside relay::RouteTable and fed by the
// same effects. Each call is one system call or two, made when a route changes and never for a
// packet. A view of a map that a Program owns; any worker may call at any time, but a route is
// changed by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "protocol/time.hpp"
#include "server/xdp/route.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

enum class Update : std::uint8_t {
    done,
    full,    // the map is: user space relays this one
    absent,  // there is no such route
    failed,  // the kernel refuses, which it has no reason to
};

class RouteMap {
public:
    // `generation`: of the process that installs, which its routes are known by.
    explicit RouteMap(int descriptor, std::uint32_t generation = 0) noexcept
        : descriptor_{descriptor}, generation_{generation} {}

    // In place of a route that is found by the same, where there is one.
    [[nodiscard]] Update install(const Route& route) noexcept;
    // Changes nothing else: for a refresh of the channel, or of its peer's permission.
    [[nodiscard]] Update extend(const RouteKey& key, protocol::TimePoint expires) noexcept;
    [[nodiscard]] Update remove(const RouteKey& key) noexcept;
    [[nodiscard]] std::optional<RouteEntry> find(const RouteKey& key) const noexcept;

    // Both routes of a channel, or none of them.
    [[nodiscard]] Update install(const BoundChannel& bound) noexcept;
    // Absent where one is.
    [[nodiscard]] Update extend(const BoundChannel& bound, protocol::TimePoint expires) noexcept;
    void remove(const BoundChannel& bound) noexcept;

    // Those that it says so of, and how many. A route that is installed meanwhile may be asked for
    // or not.
    std::size_t remove_if(
        const std::function<bool(const RouteKey&, const RouteEntry&)>& is_unwanted);
    // What a process before this one has installed, and this one not again.
    std::size_t remove_inherited();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    [[nodiscard]] std::vector<RouteKey> keys() const;

    int descriptor_;
    std::uint32_t generation_;
};

}  // namespace turnpike::xdp
