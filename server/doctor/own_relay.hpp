// SPDX-License-Identifier: BSD-3-Clause
//
// Whether an allocation can be made and a packet relayed through every listener of this server, as
// a browser would do it: asked of the server that runs here, or of one that is started for it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "auth/login.hpp"
#include "client/check_report.hpp"
#include "server/config/config.hpp"
#include "server/doctor/doors.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

// A login that this configuration lets in, good for minutes: of its first secret, or else of
// `secret`, which the database has, or a fixed user. None: only the database knows who may.
[[nodiscard]] std::optional<auth::Login> login_for(const config::Config& config,
                                                   const std::string& secret,
                                                   std::chrono::system_clock::time_point now);

// Blocks for some seconds where nobody answers.
[[nodiscard]] Findings examine_relay(const Doors& doors, const config::Config& config,
                                     const std::optional<auth::Login>& login);
// Starts a server on this configuration, without its database and under a login of its own, asks
// it, and ends it.
[[nodiscard]] Findings examine_trial(const config::Config& config);

// What each way in came to.
[[nodiscard]] Findings judge_ways(const client::CheckReport& report);

}  // namespace turnpike::doctor
