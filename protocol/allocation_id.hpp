// SPDX-License-Identifier: BSD-3-Clause
//
// Names one allocation for the life of the process: in effects, routes and log lines. Never reused.
#pragma once

#include <cstdint>

namespace turnpike::protocol {

enum class AllocationId : std::uint64_t {};

}  // namespace turnpike::protocol
