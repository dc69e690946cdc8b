// SPDX-License-Identifier: BSD-3-Clause
//
// The scripts of postgres/schema, applied to a database.
#pragma once

#include <string>

#include "storage/migrate.hpp"

namespace turnpike::storage::postgres {

[[nodiscard]] Result<Migration> migrate(const std::string& url);

}  // namespace turnpike::storage::postgres
