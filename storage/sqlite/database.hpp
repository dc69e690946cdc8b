// SPDX-License-Identifier: BSD-3-Clause
//
// A SQLite file as a Database: a thread of its own does what blocks, one batch after the other.
// Other programs' changes are found by looking for them several times a second. Used from its
// io_context's thread alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "storage/database.hpp"
#include "storage/settings.hpp"
#include "storage/sqlite/file.hpp"
#include "storage/waiting_line.hpp"

namespace turnpike::storage::sqlite {

class SqliteDatabase final : public Database {
public:
    SqliteDatabase(boost::asio::io_context& io, std::string path, const Settings& settings);
    // Waits for the batch that is being done.
    ~SqliteDatabase() override;

    void start(Events events) override;
    void execute(std::vector<Query> batch, Handler handler) override;

private:
    struct Job;

    // On the thread that may wait.
    [[nodiscard]] Result<std::vector<Rows>> perform(const Job& job);
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<std::vector<Change>> look();
    // On the loop.
    void answer(Result<std::vector<Rows>> answer);
    void arm();
    void on_time();
    void look_again();
    void looked(const Result<std::vector<Change>>& changes);

    // Constant after construction.
    boost::asio::io_context& io_;
    std::string path_;
    Settings settings_;
    Events events_;
    // The loop's.
    boost::asio::steady_timer next_look_;
    boost::asio::steady_timer overdue_;
    WaitingLine waiting_;
    bool is_open_ = false;
    bool told_of_loss_ = false;
    // Completions that outlive this object find out here.
    std::shared_ptr<SqliteDatabase*> self_;
    // The other thread's.
    std::optional<File> file_;
    std::int64_t data_version_ = -1;
    std::int64_t last_change_ = 0;
    bool wrote_ = false;
    boost::asio::thread_pool thread_{1};  // last: it is joined before anything else goes
};

}  // namespace turnpike::storage::sqlite
