// SPDX-License-Identifier: BSD-3-Clause
//
// The maps that a process before us left pinned, for a program that is about to be loaded.
#pragma once

#include <cstdint>

#include "server/xdp/pins.hpp"
#include "server/xdp/problem.hpp"

struct bpf_object;

namespace turnpike::xdp {

// The network namespace that we are in, by its inode; 0: the kernel does not say.
[[nodiscard]] std::uint64_t own_network() noexcept;

// `object`, which is opened, sized and not yet loaded, uses all of them in place of its own, with
// what they hold. Or none of them, because one is missing or is of another kind or size, or the
// whole is of another version of route_abi.h, or of another network: the problem says which. Then
// the object is not to be loaded.
[[nodiscard]] Outcome<void> inherit_maps(const Pins& pins, bpf_object* object);

}  // namespace turnpike::xdp
