// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/login_limit.hpp"

#include <chrono>

namespace turnpike::turn {

std::optional<auth::Limit> limit_against(const auth::Identity& identity, protocol::Moment now) {
    const auto lasts = [&](protocol::TimePoint until) {
        return until - now.steady >= std::chrono::seconds{1};
    };
    const auto& [key, integrity, grant, login_until] = identity;
    if (login_until && now.wall >= *login_until) return auth::Limit::login_time;
    if (grant.token && !lasts(grant.token->until)) return auth::Limit::token_time;
    if (grant.refusal) return grant.refusal;
    if (grant.deadline && !lasts(*grant.deadline)) return grant.deadline_by;
    return std::nullopt;
}

}  // namespace turnpike::turn
