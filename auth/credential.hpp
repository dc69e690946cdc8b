// SPDX-License-Identifier: BSD-3-Clause
//
// What a lookup yields for a username: derived keys, never the password, and the grant that comes
// with them.
#pragma once

#include <optional>

#include "auth/grant.hpp"
#include "protocol/integrity.hpp"
#include "protocol/time.hpp"

namespace turnpike::auth {

struct Credential {
    protocol::Key md5;     // MD5(username ":" realm ":" password), RFC 8489 section 9.2.2
    protocol::Key sha256;  // SHA-256 of the same, section 18.5.1.2
    Grant grant;
    // The expiry of a time-limited username: no Allocate after it. It ends a running allocation
    // only where it also stands in grant.deadline.
    std::optional<protocol::WallTime> login_until = {};
};

}  // namespace turnpike::auth
