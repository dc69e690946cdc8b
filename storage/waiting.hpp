// SPDX-License-Identifier: BSD-3-Clause
//
// A database for programs that may wait: connects, and turns what calls back later into what
// returns. For the command line.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

#include "storage/database.hpp"
#include "storage/open.hpp"
#include "storage/settings.hpp"

namespace turnpike::storage {

class Waiting {
public:
    // The statements outlive it. Throws std::runtime_error where the URL is none.
    Waiting(const std::string& url, const Settings& settings,
            std::span<const Statement* const> statements)
        : database_{open_database(io_, url, settings, statements)} {}

    // Returns when it is connected, or why it is not.
    [[nodiscard]] Result<void> connect();

    [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] Database& database() noexcept { return *database_; }

    // What begin(handler) calls its handler with.
    template <typename T, typename Begin>
    [[nodiscard]] Result<T> until(Begin&& begin) {
        std::optional<Result<T>> answer;
        std::forward<Begin>(begin)([this, &answer](Result<T> result) {
            answer = std::move(result);
            io_.stop();
        });
        run();
        if (!answer) return Failure{Failure::Kind::unavailable, "no answer"};
        return *std::move(answer);
    }

private:
    void run() {
        io_.restart();
        io_.run();
    }

    boost::asio::io_context io_{1};
    std::unique_ptr<Database> database_;
};

}  // namespace turnpike::storage
