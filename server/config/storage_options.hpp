// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [storage] in the table of options.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::array<std::string_view, 2> durability_words{"process", "power"};

inline constexpr std::array storage_options{
    at<&Config::storage, &Storage::url>({
        .key = "storage.url",
        .fallback = R"("sqlite:/var/lib/turnpike/turnpike.db")",
        .help = "Where users, calls and usage are kept: sqlite:FILE or a postgresql URL; empty: "
                "nowhere, and only the users of this file may log in",
        .max = 4096,
        .needs_restart = true,
        .is_secret = true,
        .is_url = true,
    }),
    at<&Config::storage, &Storage::connections>({
        .key = "storage.connections",
        .fallback = "4",
        .help = "Connections to PostgreSQL",
        .min = 1,
        .max = 64,
        .needs_restart = true,
    }),
    at<&Config::storage, &Storage::timeout>({
        .key = "storage.timeout_seconds",
        .fallback = "3",
        .help = "How long an answer of the database may take",
        .min = 1,
        .max = 30,
        .needs_restart = true,
    }),
    at<&Config::storage, &Storage::cache_users>({
        .key = "storage.cache_users",
        .fallback = "10000",
        .help = "Users of the database that each worker remembers",
        .min = 100,
        .max = 10'000'000,
        .needs_restart = true,
    }),
    at<&Config::storage, &Storage::cache>({
        .key = "storage.cache_seconds",
        .fallback = "60",
        .help = "How long what the database said of a user is taken for true, where it does not "
                "tell of changes itself",
        .min = 1,
        .max = 3600,
        .needs_restart = true,
    }),
    at<&Config::storage, &Storage::journal>({
        .key = "storage.journal",
        .fallback = R"("/var/lib/turnpike/usage.journal")",
        .help = "File where usage waits until the database has it",
        .min = 1,
        .max = 4096,
        .needs_restart = true,
    }),
    at<&Config::storage, &Storage::journal_bytes>({
        .key = "storage.journal_bytes",
        .fallback = "268435456",
        .help = "What that file may take; when it is nearly full there are no new allocations",
        .min = 1024 * 1024,
        .needs_restart = true,
    }),
    at<&Config::storage, &Storage::journal_durability>({
        .key = "storage.journal_durability",
        .fallback = R"("process")",
        .help = "What it survives: the death of the process, or a power cut too, for which each "
                "write waits for the disk",
        .words = durability_words,
        .needs_restart = true,
    }),
};

}  // namespace turnpike::config
