// SPDX-License-Identifier: BSD-3-Clause
#include "storage/open.hpp"

#include "storage/postgres/pool.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/url.hpp"

namespace turnpike::storage {

std::unique_ptr<Database> open_database(boost::asio::io_context& io, const std::string& url,
                                        const Settings& settings,
                                        std::span<const Statement* const> statements) {
    if (const auto path = sqlite_path(url)) {
        return std::make_unique<sqlite::SqliteDatabase>(io, *path, settings);
    }
    return std::make_unique<postgres::Pool>(io, url, settings, statements);
}

}  // namespace turnpike::storage
