// SPDX-License-Identifier: BSD-3-Clause
//
// Usage on its way from the workers to the database, by way of the journal on local disk: rows are
// in the journal within milliseconds, and stay there until the database has them. It has a thread
// of its own, because the journal waits for the disk. post(), accepts() and fill() are for any
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "server/telemetry/counters.hpp"
#include "server/telemetry/log.hpp"
#include "storage/journal.hpp"

namespace turnpike::accounts {

// How an allocation stands. What is due is for the database too; what is not is there in case we
// die.
struct Report {
    storage::Usage usage;
    bool is_due = true;
};

class Ledger {
public:
    using Done = std::function<void(storage::Result<void>)>;
    // Brings rows to the database; `done` is called later, by any thread.
    using Write = std::function<void(std::vector<storage::Usage>, Done done)>;
    // Called by our thread, whenever the database has all that is due.
    using OnAllWritten = std::function<void()>;

    // Opens the journal, and closes what other runs left open in it. Throws std::runtime_error that
    // says what is wrong with the file.
    Ledger(const storage::sqlite::FileOptions& file, const std::string& run, telemetry::Log& log);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    void start(Write write, OnAllWritten on_all_written);
    // What has been posted is in the journal when it returns, and in the database if that takes it
    // in time. Nothing may be posted any more.
    void finish(std::chrono::milliseconds patience);

    // In order for each allocation.
    void post(std::vector<Report> reports);
    // The database is there again: try at once.
    void try_now();

    // Whether there is room for what another allocation will use.
    [[nodiscard]] bool accepts() const noexcept { return accepts_.load(std::memory_order_relaxed); }
    // Of the journal, from 0 to 1.
    [[nodiscard]] double fill() const noexcept { return fill_.load(std::memory_order_relaxed); }
    // In the journal, and not in the database yet, as of the last attempt to bring them there.
    [[nodiscard]] std::size_t rows_waiting() const noexcept {
        return rows_waiting_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] const telemetry::Counters& counters() const noexcept { return counters_; }

private:
    static constexpr std::size_t batch_max = 200;
    static constexpr std::chrono::seconds retry_min{1};
    static constexpr std::chrono::seconds retry_max{5};

    void take(std::vector<Report> reports);
    void write_down();
    void deliver();
    void delivered(const std::vector<storage::Usage>& rows, const storage::Result<void>& done);
    void set_aside(const storage::Usage& row, const storage::Failure& why);
    void retry();
    void measure();
    void count_waiting(std::size_t read);

    telemetry::Log& log_;
    storage::Journal journal_;
    Write write_;
    OnAllWritten on_all_written_;
    // Shared by all threads.
    std::atomic<bool> accepts_{true};
    std::atomic<double> fill_{0};
    std::atomic<std::size_t> rows_waiting_{0};
    std::atomic<std::size_t> posted_{0};  // reports that wait for our thread
    // Owned by our thread.
    telemetry::Counters counters_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer timer_;
    boost::unordered_flat_map<std::string, Report> unwritten_;  // the last of each
    bool can_write_ = true;
    bool is_delivering_ = false;
    bool is_finishing_ = false;
    std::size_t batch_ = batch_max;
    std::chrono::seconds pause_ = retry_min;
    std::thread thread_;
};

}  // namespace turnpike::accounts
