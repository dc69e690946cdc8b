// SPDX-License-Identifier: BSD-3-Clause
//
// What stands against a login that has proved itself, and how its client is told. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "auth/authenticator.hpp"
#include "auth/limit.hpp"
#include "protocol/time.hpp"

namespace turnpike::turn {

// What of a grant is over before it opens anything, or keeps it from that. Less than a second left
// could only be shown as LIFETIME 0, which reads like a deletion.
[[nodiscard]] std::optional<auth::Limit> limit_against(const auth::Identity& identity,
                                                       protocol::Moment now);

// Whether another login, under a new name or with a new token, would help: then a client is to try
// one.
[[nodiscard]] constexpr bool is_of_login(auth::Limit limit) noexcept {
    return limit == auth::Limit::login_time || limit == auth::Limit::token_time;
}

[[nodiscard]] constexpr std::string_view phrase_of(
    const std::optional<auth::Limit>& limit) noexcept {
    return limit ? auth::row_of(*limit).phrase : std::string_view{};
}

}  // namespace turnpike::turn
