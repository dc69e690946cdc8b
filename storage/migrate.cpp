// SPDX-License-Identifier: BSD-3-Clause
#include "storage/migrate.hpp"

#include "storage/postgres/migrate.hpp"
#include "storage/sqlite/migrate.hpp"
#include "storage/url.hpp"

namespace turnpike::storage {

Result<Migration> migrate(const std::string& url) {
    if (const auto path = sqlite_path(url)) {
        auto file = sqlite::File::open({.path = *path});
        if (!file) return file.error();
        return sqlite::migrate(*file);
    }
    return postgres::migrate(url);
}

}  // namespace turnpike::storage
