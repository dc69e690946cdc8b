// SPDX-License-Identifier: BSD-3-Clause
//
// How a database is spoken to.
#pragma once

#include <chrono>
#include <cstddef>

namespace turnpike::storage {

struct Settings {
    std::chrono::milliseconds timeout{3000};          // for an answer
    std::chrono::milliseconds connect_timeout{5000};  // for a connection
    std::size_t connections = 4;                      // PostgreSQL
    std::size_t waiting_max = 4096;                   // batches that wait for an answer
    // Between two attempts to connect: doubled from one to the other, a random half of it off.
    std::chrono::milliseconds retry_min{100};
    std::chrono::milliseconds retry_max{5000};
    std::chrono::milliseconds poll{200};  // SQLite: how often changes by others are looked for
};

}  // namespace turnpike::storage
