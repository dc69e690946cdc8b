// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [admin] in the table of options.
#pragma once

#include <array>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::array admin_options{
    at<&Config::admin, &Admin::listen>({
        .key = "admin.listen",
        .fallback = R"("127.0.0.1:8478")",
        .help = "Where health, metrics and the admin interface answer: an address with a port, or "
                "unix:FILE; empty: nowhere",
        .max = 4096,
        .example = R"("unix:/run/turnpike/admin.sock")",
        .needs_restart = true,
    }),
    at<&Config::admin, &Admin::token>({
        .key = "admin.token",
        .fallback = R"("")",
        .help = "What admin requests must bear; without one only health and metrics answer",
        .max = 4096,
        .is_secret = true,
    }),
    at<&Config::admin, &Admin::token_file>({
        .key = "admin.token_file",
        .fallback = R"("")",
        .help = "File that holds the token, in place of admin.token",
        .max = 4096,
        .example = R"("/etc/turnpike/admin.token")",
    }),
    at<&Config::admin, &Admin::cors_origins>({
        .key = "admin.cors_origins",
        .fallback = "[]",
        .help = "Sites whose pages may fetch credentials with a mint key, as browsers name them",
        .example = R"(["https://video.example.org"])",
    }),
    at<&Config::admin, &Admin::requests_per_second>({
        .key = "admin.requests_per_second",
        .fallback = "100",
        .help = "Requests to the admin interface from one address, with the token and without it "
                "each; beyond it: 429",
        .min = 1,
        .max = 100'000,
    }),
    at<&Config::admin, &Admin::mints_per_minute>({
        .key = "admin.mints_per_minute",
        .fallback = "60",
        .help = "Requests for credentials with one mint key; beyond it: 429",
        .min = 1,
        .max = 1'000'000,
    }),
};

}  // namespace turnpike::config
