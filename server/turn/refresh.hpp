// SPDX-License-Identifier: BSD-3-Clause
//
// Refresh (RFC 8656 section 8.2): prolongs an allocation or one half of a dual one, or gives it up.
#pragma once

#include <chrono>

#include "protocol/error_code.hpp"
#include "protocol/result.hpp"
#include "server/turn/change.hpp"

namespace turnpike::turn {

// The LIFETIME of the answer.
[[nodiscard]] protocol::Result<std::chrono::seconds, protocol::ErrorCode> refresh(
    const Change& change);

}  // namespace turnpike::turn
