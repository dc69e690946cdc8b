// SPDX-License-Identifier: BSD-3-Clause
//
// A few connections to PostgreSQL that come back by themselves, as a Database. A batch goes to the
// one with the fewest that wait. The first connection also hears of changes, and is asked for a
// sign of life while nothing else is. Used from its io_context's thread alone.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "storage/database.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/target.hpp"
#include "storage/settings.hpp"

namespace turnpike::storage::postgres {

class Pool final : public Database {
public:
    // Throws std::runtime_error where the URL is none. The statements outlive the pool.
    Pool(boost::asio::io_context& io, const std::string& url, const Settings& settings,
         std::span<const Statement* const> statements);
    ~Pool() override;

    void start(Events events) override;
    void execute(std::vector<Query> batch, Handler handler) override;

private:
    // A place for a connection, which is made again for as long as the pool lives.
    struct Place {
        explicit Place(boost::asio::io_context& io) : retry{io} {}
        std::unique_ptr<Connection> connection;
        boost::asio::steady_timer retry;
        unsigned attempts = 0;  // that failed in a row
    };

    void open(Place& place);
    void opened(Place& place);
    void lost(Place& place, const Failure& failure);
    [[nodiscard]] Place* least_busy() noexcept;
    [[nodiscard]] std::chrono::milliseconds pause_after(unsigned attempts);
    void listen_for_life();
    [[nodiscard]] bool is_first(const Place& place) const noexcept {
        return &place == places_.front().get();
    }

    // Constant after construction.
    boost::asio::io_context& io_;
    Settings settings_;
    Target target_;
    std::vector<const Statement*> statements_;
    Events events_;
    // The loop's.
    std::vector<std::unique_ptr<Place>> places_;
    boost::asio::steady_timer life_;
    bool told_of_loss_ = false;
    std::size_t waiting_ = 0;
    Failure last_failure_{Failure::Kind::unavailable, "not connected yet"};
};

}  // namespace turnpike::storage::postgres
