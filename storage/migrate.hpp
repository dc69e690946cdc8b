// SPDX-License-Identifier: BSD-3-Clause
//
// Brings the tables of a database to what this program was written for. It blocks: for the command
// line and for tests.
#pragma once

#include <string>
#include <vector>

#include "storage/failure.hpp"

namespace turnpike::storage {

struct Migration {
    int from = 0;
    int to = 0;
    std::vector<std::string> applied;  // names of scripts, in order
};

// "sqlite:FILE" or "postgresql://...": see open_database(). Two at once wait for one another. What
// a script that fails has done is undone, and those before it stay.
[[nodiscard]] Result<Migration> migrate(const std::string& url);

}  // namespace turnpike::storage
