// SPDX-License-Identifier: BSD-3-Clause
//
// CONNECTION-ID names one peer data connection of a TCP allocation (RFC 6062 section 6.2.1), on
// this server alone and for as long as it lives. Random: whoever guesses one still has to be the
// allocation's user.
#pragma once

#include <cstdint>

namespace turnpike::protocol {

enum class ConnectionId : std::uint32_t {};

}  // namespace turnpike::protocol
