// SPDX-License-Identifier: BSD-3-Clause
//
// The error codes that a server may answer, one row each (IANA STUN Error Codes).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace turnpike::protocol {

enum class ErrorCode : std::uint16_t {
    try_alternate = 300,
    bad_request = 400,
    unauthenticated = 401,
    forbidden = 403,
    mobility_forbidden = 405,
    unknown_attribute = 420,
    allocation_mismatch = 437,
    stale_nonce = 438,
    address_family_not_supported = 440,
    wrong_credentials = 441,
    unsupported_transport_protocol = 442,
    peer_address_family_mismatch = 443,
    connection_already_exists = 446,
    connection_timeout_or_failure = 447,
    allocation_quota_reached = 486,
    role_conflict = 487,
    server_error = 500,
    insufficient_capacity = 508,
};

struct ErrorRule {
    ErrorCode code;
    std::string_view reason;  // what stands in ERROR-CODE unless a handler has something better
};

inline constexpr std::array error_rules{
    ErrorRule{ErrorCode::try_alternate, "Try Alternate"},
    ErrorRule{ErrorCode::bad_request, "Bad Request"},
    // Empty on purpose: this answer goes to unverified senders, and every octet amplifies.
    ErrorRule{ErrorCode::unauthenticated, ""},
    ErrorRule{ErrorCode::forbidden, "Forbidden"},
    ErrorRule{ErrorCode::mobility_forbidden, "Mobility Forbidden"},
    ErrorRule{ErrorCode::unknown_attribute, "Unknown Attribute"},
    ErrorRule{ErrorCode::allocation_mismatch, "Allocation Mismatch"},
    ErrorRule{ErrorCode::stale_nonce, "Stale Nonce"},
    ErrorRule{ErrorCode::address_family_not_supported, "Address Family not Supported"},
    ErrorRule{ErrorCode::wrong_credentials, "Wrong Credentials"},
    ErrorRule{ErrorCode::unsupported_transport_protocol, "Unsupported Transport Protocol"},
    ErrorRule{ErrorCode::peer_address_family_mismatch, "Peer Address Family Mismatch"},
    ErrorRule{ErrorCode::connection_already_exists, "Connection Already Exists"},
    ErrorRule{ErrorCode::connection_timeout_or_failure, "Connection Timeout or Failure"},
    ErrorRule{ErrorCode::allocation_quota_reached, "Allocation Quota Reached"},
    ErrorRule{ErrorCode::role_conflict, "Role Conflict"},
    ErrorRule{ErrorCode::server_error, "Server Error"},
    ErrorRule{ErrorCode::insufficient_capacity, "Insufficient Capacity"},
};
static_assert(std::ranges::is_sorted(error_rules, {}, &ErrorRule::code));

[[nodiscard]] constexpr const ErrorRule* find_rule(ErrorCode code) noexcept {
    const auto* row = std::ranges::lower_bound(error_rules, code, {}, &ErrorRule::code);
    return row != error_rules.end() && row->code == code ? row : nullptr;
}

[[nodiscard]] constexpr std::string_view reason_of(ErrorCode code) noexcept {
    const ErrorRule* row = find_rule(code);
    return row == nullptr ? std::string_view{} : row->reason;
}

}  // namespace turnpike::protocol
