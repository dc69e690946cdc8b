// SPDX-License-Identifier: BSD-3-Clause
//
// The scripts of sqlite/schema, applied to a file.
#pragma once

#include "storage/migrate.hpp"
#include "storage/sqlite/file.hpp"

namespace turnpike::storage::sqlite {

[[nodiscard]] Result<Migration> migrate(File& file);

// A file without tables gets them, as nobody had to set it up; any other has to be right.
[[nodiscard]] Result<void> make_or_check(File& file);

}  // namespace turnpike::storage::sqlite
