// SPDX-License-Identifier: BSD-3-Clause
//
// Which BPF programs are at work on an interface already, ours among them. For who wants to know
// what an attachment would meet; changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/xdp/problem.hpp"

namespace turnpike::xdp {

struct PresentProgram {
    std::uint32_t id = 0;
    std::string name{};  // empty: only CAP_SYS_ADMIN may ask for it
    bool operator==(const PresentProgram&) const = default;
};

// Of Turnpike's: of this process, or of any other.
[[nodiscard]] bool is_relay(const PresentProgram& program) noexcept;

// None: no XDP program is there, neither native nor generic. Needs no rights.
[[nodiscard]] Outcome<std::optional<PresentProgram>> present_xdp(std::uint32_t interface);

// Those at tc's ingress, of the kind that Linux 6.6 has. invalid_argument: the kernel is older;
// operation_not_permitted: asking needs CAP_NET_ADMIN or CAP_SYS_ADMIN.
[[nodiscard]] Outcome<std::vector<PresentProgram>> present_tcx(std::uint32_t interface);

}  // namespace turnpike::xdp
