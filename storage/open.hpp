// SPDX-License-Identifier: BSD-3-Clause
//
// The database that a URL names.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <boost/asio/io_context.hpp>

#include "storage/database.hpp"
#include "storage/settings.hpp"

namespace turnpike::storage {

// "sqlite:FILE", or what libpq takes: "postgresql://...". Nothing is connected yet. The statements
// outlive it. Throws std::runtime_error where the URL is none.
[[nodiscard]] std::unique_ptr<Database> open_database(boost::asio::io_context& io,
                                                      const std::string& url,
                                                      const Settings& settings,
                                                      std::span<const Statement* const> statements);

}  // namespace turnpike::storage
