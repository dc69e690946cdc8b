// SPDX-License-Identifier: BSD-3-Clause
//
// Which kernel this is, and what of it can make UDP cheaper. For information.
#pragma once

#include <string>

#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

struct KernelFacts {
    std::string release{};
    bool segments_udp = false;   // UDP_SEGMENT: one system call for many datagrams
    bool coalesces_udp = false;  // UDP_GRO, the same for what comes in
};

[[nodiscard]] KernelFacts gather_kernel();
[[nodiscard]] Findings judge_kernel(const KernelFacts& facts);

}  // namespace turnpike::doctor
