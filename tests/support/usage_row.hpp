// SPDX-License-Identifier: BSD-3-Clause
//
// A row of usage, as an allocation that lives or has ended has it.
#pragma once

#include <chrono>
#include <string>

#include "storage/records.hpp"

namespace turnpike::test {

inline constexpr storage::Time noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} +
                                    std::chrono::hours{12}};

inline storage::Usage usage(const std::string& id, storage::Time at = noon) {
    return {.id = id,
            .node = "relay1",
            .run = "run1",
            .realm = "example.org",
            .username = "alice",
            .call = "c-1",
            .transport = "udp",
            .client = "192.0.2.7",
            .client_port = 40000,
            .relayed = "198.51.100.1:50000",
            .started_at = noon,
            .first_media_at = noon + std::chrono::microseconds{123456},
            .updated_at = at,
            .sent_bytes = 5'000'000'000};
}

inline storage::Usage ended(const std::string& id, storage::Time at) {
    storage::Usage row = usage(id, at);
    row.ended_at = at;
    row.reason = "deleted";
    return row;
}

}  // namespace turnpike::test
