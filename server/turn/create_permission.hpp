// SPDX-License-Identifier: BSD-3-Clause
//
// CreatePermission (RFC 8656 section 10.2): one or more peers, all or none of them.
#pragma once

#include "protocol/error_code.hpp"
#include "protocol/result.hpp"
#include "server/turn/change.hpp"

namespace turnpike::turn {

[[nodiscard]] protocol::Result<void, protocol::ErrorCode> create_permission(const Change& change);

}  // namespace turnpike::turn
