// SPDX-License-Identifier: BSD-3-Clause
//
// Every check in the order in which an operator would look: the configuration, where it listens,
// what peers see, what the kernel gives, what is stored, and at last a packet through it all.
#pragma once

#include <string>
#include <string_view>

#include "server/config/load.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

struct Wishes {
    std::string_view name;               // where the configuration was read from
    const config::Surroundings& around;  // which the rules of the configuration have not judged
    bool may_start = true;               // a server, where none runs
    // The configuration's, which the server's user has to be able to read; empty: there is none.
    std::string file{};
};

// All of it; takes seconds where a database or a server does not answer. A configuration with
// errors is not looked at any further.
[[nodiscard]] Findings examine(const config::Loaded& loaded, const Wishes& wishes);

// Warnings and problems alone, without what serve() says by itself: quick, asks nobody over the
// network, never throws for what it finds.
[[nodiscard]] Findings examine_at_start(const config::Loaded& loaded);
// The rest, by the server itself while it runs: warnings and problems of what has to be asked, and
// may take seconds to answer.
[[nodiscard]] Findings examine_when_ready(const config::Config& config);

}  // namespace turnpike::doctor
