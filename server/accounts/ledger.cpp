// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/ledger.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>

namespace turnpike::accounts {

using storage::Failure;
using storage::Journal;
using storage::Result;
using storage::Usage;
using telemetry::Area;
using telemetry::Counter;

namespace {

// More reports than this that wait for the disk: it is too slow for what goes on.
constexpr std::size_t posted_max = 100'000;

Journal open_journal(const storage::sqlite::FileOptions& file) {
    auto journal = Journal::open(file);
    if (journal) return *std::move(journal);
    throw std::runtime_error{"the journal " + file.path + " cannot be opened: " +
                             journal.error().what + " (see storage.journal)"};
}

}  // namespace

Ledger::Ledger(const storage::sqlite::FileOptions& file, const std::string& run,
               telemetry::Log& log)
    : log_{log}, journal_{open_journal(file)}, work_{io_.get_executor()}, timer_{io_} {
    const auto closed = journal_.close_left_open(run);
    if (!closed) {
        throw std::runtime_error{"the journal " + file.path + " cannot be written: " +
                                 closed.error().what + " (see storage.journal)"};
    }
    if (*closed != 0) {
        log_.warning(Area::usage, "allocations of a run that died are closed",
                     {{"allocations", static_cast<std::uint64_t>(*closed)}});
    }
    measure();
}

Ledger::~Ledger() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
}

void Ledger::start(Write write, OnAllWritten on_all_written) {
    write_ = std::move(write);
    on_all_written_ = std::move(on_all_written);
    thread_ = std::thread{[this] { io_.run(); }};
    try_now();
}

void Ledger::finish(std::chrono::milliseconds patience) {
    boost::asio::post(io_, [this, patience] {
        is_finishing_ = true;
        write_down();
        timer_.expires_after(patience);
        timer_.async_wait([this](const boost::system::error_code&) { io_.stop(); });
        batch_ = batch_max;
        if (!is_delivering_) deliver();
    });
    if (thread_.joinable()) thread_.join();
}

void Ledger::post(std::vector<Report> reports) {
    if (reports.empty()) return;
    const std::size_t count = reports.size();
    if (posted_.fetch_add(count, std::memory_order_relaxed) > posted_max) {
        accepts_.store(false, std::memory_order_relaxed);
    }
    boost::asio::post(io_, [this, reports = std::move(reports)]() mutable {
        posted_.fetch_sub(reports.size(), std::memory_order_relaxed);
        take(std::move(reports));
    });
}

void Ledger::try_now() {
    boost::asio::post(io_, [this] {
        pause_ = retry_min;
        if (!is_delivering_) deliver();
    });
}

void Ledger::take(std::vector<Report> reports) {
    for (Report& report : reports) {
        auto& last = unwritten_[report.usage.id];
        report.is_due = report.is_due || (last.is_due && !last.usage.id.empty());
        last = std::move(report);
    }
    if (can_write_) write_down();
}

// While the disk takes nothing, there is the last report of each allocation to remember: as many as
// lived when it stopped, because no new ones begin.
void Ledger::write_down() {
    std::vector<Usage> due;
    std::vector<Usage> interim;
    for (const auto& [id, report] : unwritten_) {
        (report.is_due ? due : interim).push_back(report.usage);
    }
    const bool could = can_write_;
    std::optional<Failure> failure;
    const auto wrote_due = journal_.write(due);
    const auto wrote_interim = journal_.write(interim, false);
    if (!wrote_due) failure = wrote_due.error();
    if (!wrote_interim) failure = wrote_interim.error();
    can_write_ = !failure;
    if (can_write_) {
        counters_.add(Counter::journal_rows, unwritten_.size());
        unwritten_.clear();
        if (!could) log_.info(Area::usage, "the journal is written again");
    } else {
        counters_.add(Counter::journal_errors);
        if (could) {
            log_.error(Area::usage, "the journal cannot be written: no new allocations",
                       {{"kind", to_string(failure->kind)},
                        {"reason", failure->what},
                        {"advice", "make room on its disk, or raise storage.journal_bytes"}});
        }
        retry();
    }
    measure();
    if (!due.empty() && !is_delivering_) deliver();
}

void Ledger::deliver() {
    auto rows = journal_.pending(batch_);
    if (!rows) return retry();
    count_waiting(rows->size());
    if (rows->empty()) {
        on_all_written_();
        if (is_finishing_) io_.stop();
        return;
    }
    is_delivering_ = true;
    auto copy = *rows;
    write_(std::move(copy), [this, rows = *std::move(rows)](Result<void> done) mutable {
        boost::asio::post(
            io_, [this, rows = std::move(rows), done = std::move(done)] { delivered(rows, done); });
    });
}

void Ledger::delivered(const std::vector<Usage>& rows, const Result<void>& done) {
    is_delivering_ = false;
    if (!done && done.error().kind == Failure::Kind::refused) {
        // One of them is the reason: which one shows when they go alone.
        if (rows.size() == 1) set_aside(rows.front(), done.error());
        batch_ = 1;
        return deliver();
    }
    if (!done) {
        counters_.add(Counter::usage_errors);
        if (is_finishing_) return io_.stop();
        return retry();
    }
    pause_ = retry_min;
    batch_ = std::min(batch_ * 2, batch_max);
    counters_.add(Counter::usage_rows, rows.size());
    if (!journal_.settle(rows)) return retry();  // it is written again, which changes nothing
    measure();
    deliver();
}

// Nothing that can be tried again; what it said must not be lost with it.
void Ledger::set_aside(const Usage& row, const Failure& why) {
    counters_.add(Counter::usage_refused);
    log_.error(Area::usage, "the database refuses a row of usage for good",
               {{"id", row.id},
                {"user", row.username},
                {"call", row.call.value_or("")},
                {"seconds", std::chrono::duration_cast<std::chrono::duration<double>>(
                                row.updated_at - row.started_at)},
                {"media_seconds", row.media_seconds},
                {"sent_bytes", row.sent_bytes},
                {"received_bytes", row.received_bytes},
                {"ended", row.reason.value_or("")},
                {"why", why.what}});
    (void)journal_.settle(std::span{&row, 1});
}

void Ledger::retry() {
    if (is_finishing_) return;
    timer_.expires_after(pause_);
    pause_ = std::min(pause_ * 2, retry_max);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (!unwritten_.empty()) write_down();
        if (!is_delivering_) deliver();
    });
}

// They are counted only where a batch does not hold them all.
void Ledger::count_waiting(std::size_t read) {
    const auto count = read < batch_ ? storage::Result<std::size_t>{read} : journal_.waiting();
    if (count) rows_waiting_.store(*count, std::memory_order_relaxed);
}

void Ledger::measure() {
    const double fill = journal_.fill();
    fill_.store(fill, std::memory_order_relaxed);
    const bool has_room =
        can_write_ && fill < Journal::full && posted_.load(std::memory_order_relaxed) <= posted_max;
    const bool had_room = accepts_.exchange(has_room, std::memory_order_relaxed);
    if (has_room == had_room || !can_write_) return;
    if (has_room) {
        log_.info(Area::usage, "the journal has room again", {{"fill", fill}});
    } else {
        log_.error(Area::usage, "the journal is full: no new allocations",
                   {{"fill", fill},
                    {"advice",
                     "see why the database does not take usage, or raise "
                     "storage.journal_bytes"}});
    }
}

}  // namespace turnpike::accounts
