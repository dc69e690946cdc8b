// SPDX-License-Identifier: BSD-3-Clause
//
// What routes work with: the running server, the database, what the configuration says. The admin
// thread's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "server/admin/backend.hpp"
#include "server/admin/event_source.hpp"
#include "server/admin/exchange.hpp"
#include "server/admin/mint_key.hpp"
#include "server/admin/probe.hpp"
#include "server/admin/rate_buckets.hpp"
#include "server/admin/registrar.hpp"
#include "server/admin/settings.hpp"
#include "server/admin/target.hpp"
#include "server/admin/visitor_limits.hpp"

namespace turnpike::admin {

struct Desk {
    Backend& backend;
    EventSource* events = nullptr;          // none: there is no stream
    storage::Database* database = nullptr;  // none: no users and calls
    Settings settings;
    Probe probe;
    // How often one may ask. Who has the token is counted apart from who has not, so that strangers
    // at the same address, as a proxy is for all of them, use up nothing of an operator's.
    VisitorLimits strangers;
    VisitorLimits operators;
    RateBuckets<MintKey> mints;
    // Requests that were refused, since the start.
    std::uint64_t unauthorized = 0;  // with no token or key that is good there
    std::uint64_t too_many = 0;      // 429

    [[nodiscard]] std::optional<Registrar> registrar() const {
        if (database == nullptr) return std::nullopt;
        return Registrar{*database, settings.realm};
    }
};

// One request on its way to a route.
struct Visit {
    const Request& request;
    Target target;
    std::vector<std::string> arguments;  // what stands for the {names} of the route's path
    std::optional<MintKey> key;          // it came with one, not with the token
    protocol::Moment now;
};

}  // namespace turnpike::admin
