// SPDX-License-Identifier: BSD-3-Clause
//
// Who may use a route: the one place that looks at tokens and mint keys. Pure; compares in constant
// time.
#pragma once

#include <optional>

#include "protocol/time.hpp"
#include "server/admin/exchange.hpp"
#include "server/admin/mint_key.hpp"
#include "server/admin/router.hpp"
#include "server/admin/settings.hpp"

namespace turnpike::admin {

struct Admission {
    bool has_token = false;  // the right one, whether the route wants it or not
    std::optional<Answer> refusal{};
    std::optional<MintKey> key{};  // with what it was let in, if not with the token
};

[[nodiscard]] Admission admit(Access access, const Request& request, const Settings& settings,
                              protocol::WallTime now);

}  // namespace turnpike::admin
