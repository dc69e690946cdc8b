// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [log] in the table of options.
#pragma once

#include <array>
#include <string_view>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warning", "error"};
inline constexpr std::array<std::string_view, 2> log_formats{"text", "json"};

inline constexpr std::array<std::string_view, 11> log_areas{"server",  "config",  "listen", "auth",
                                                            "session", "storage", "usage",  "tls",
                                                            "peer",    "admin",   "xdp"};

inline constexpr std::array log_options{
    at<&Config::log, &Log::level>({
        .key = "log.level",
        .fallback = R"("info")",
        .help = "The least important events to log",
        .words = log_levels,
    }),
    at<&Config::log, &Log::areas>({
        .key = "log.areas",
        .fallback = "{}",
        .help = "The same for parts of the server alone",
        .words = log_areas,
        .example = R"({ storage = "debug", session = "warning" })",
    }),
    at<&Config::log, &Log::mask_addresses>({
        .key = "log.mask_addresses",
        .fallback = "false",
        .help = "Of the addresses of clients and peers log the network alone, a /24 or a /48",
    }),
    at<&Config::log, &Log::format>({
        .key = "log.format",
        .fallback = R"("text")",
        .help = "text: key=value; json: one object a line",
        .words = log_formats,
        .needs_restart = true,
    }),
};

}  // namespace turnpike::config
