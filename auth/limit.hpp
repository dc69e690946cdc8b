// SPDX-License-Identifier: BSD-3-Clause
//
// Which limit keeps a user out, or has ended what they held. Each has two texts: one for the
// client, in the reason phrase of an error, and one for the usage row and the log.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace turnpike::auth {

enum class Limit : std::uint8_t {
    session_time,
    login_time,
    token_time,
    account_time,
    account_disabled,
    account_removed,
    secret_removed,
    call_not_begun,
    call_time,
    call_ended,
    call_full,
    call_bytes,
    bytes,
    allocations,
    operator_decision,
};

struct LimitRow {
    Limit limit;
    std::string_view name;    // in rows and logs
    std::string_view phrase;  // to clients
};

inline constexpr std::array limit_table{
    LimitRow{Limit::session_time, "session_time", "Session Time Is Over"},
    LimitRow{Limit::login_time, "login_time", "Login Time Is Over"},
    LimitRow{Limit::token_time, "token_time", "Token Time Is Over"},
    LimitRow{Limit::account_time, "account_time", "Account Time Is Over"},
    LimitRow{Limit::account_disabled, "account_disabled", "Account Is Disabled"},
    LimitRow{Limit::account_removed, "account_removed", "Account Is Gone"},
    LimitRow{Limit::secret_removed, "secret_removed", "Secret Is Gone"},
    LimitRow{Limit::call_not_begun, "call_not_begun", "Call Has Not Begun"},
    LimitRow{Limit::call_time, "call_time", "Call Time Is Over"},
    LimitRow{Limit::call_ended, "call_ended", "Call Was Ended"},
    LimitRow{Limit::call_full, "call_full", "Call Is Full"},
    LimitRow{Limit::call_bytes, "call_bytes", "Bytes Of The Call Are Used Up"},
    LimitRow{Limit::bytes, "bytes", "Bytes Are Used Up"},
    LimitRow{Limit::allocations, "allocations", "Allocation Quota Reached"},
    LimitRow{Limit::operator_decision, "operator", "Ended By The Operator"},
};

[[nodiscard]] constexpr const LimitRow& row_of(Limit limit) noexcept {
    return limit_table[static_cast<std::size_t>(limit)];
}

static_assert([] {
    for (std::size_t index = 0; index < limit_table.size(); ++index) {
        if (static_cast<std::size_t>(limit_table[index].limit) != index) return false;
    }
    return limit_table.back().limit == Limit::operator_decision;
}());

}  // namespace turnpike::auth
