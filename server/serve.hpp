// SPDX-License-Identifier: BSD-3-Clause
//
// The serve command: from a configuration to a running relay and to its end.
#pragma once

#include <iosfwd>

#include "server/command_line.hpp"
#include "server/config/config.hpp"
#include "server/exit_code.hpp"
#include "server/telemetry/log.hpp"

namespace turnpike {

// Returns when the relay has been asked to end. Throws where the system refuses something.
[[nodiscard]] ExitCode serve(const ServeCommand& command, std::ostream& error);

// How the log of this configuration is written, and what; what the admin interface streams of it.
[[nodiscard]] telemetry::LogOptions log_options(const config::Config& config);

// What is logged, from the start and after a reload.
[[nodiscard]] telemetry::LogLevels log_levels(const config::Log& log);

// 256 random bits as base64. Throws std::runtime_error where the system has none.
[[nodiscard]] std::string random_secret();

}  // namespace turnpike
