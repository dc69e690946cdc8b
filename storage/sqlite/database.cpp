// SPDX-License-Identifier: BSD-3-Clause
#include "storage/sqlite/database.hpp"

#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "storage/schema.hpp"
#include "storage/sqlite/migrate.hpp"

namespace turnpike::storage::sqlite {

namespace {

constexpr Statement last_change{"last_change", "SELECT coalesce(max(id), 0) FROM turnpike.change"};
constexpr Statement changes_since{
    "changes_since", "SELECT id, kind, realm, name FROM turnpike.change WHERE id > $1 ORDER BY id"};

}  // namespace

struct SqliteDatabase::Job {
    std::vector<Query> batch;
    WaitingLine::Clock::time_point until;
};

SqliteDatabase::SqliteDatabase(boost::asio::io_context& io, std::string path,
                               const Settings& settings)
    : io_{io},
      path_{std::move(path)},
      settings_{settings},
      next_look_{io},
      overdue_{io},
      self_{std::make_shared<SqliteDatabase*>(this)} {}

SqliteDatabase::~SqliteDatabase() {
    *self_ = nullptr;
    thread_.stop();
    thread_.join();
}

void SqliteDatabase::start(Events events) {
    events_ = std::move(events);
    look_again();
}

void SqliteDatabase::execute(std::vector<Query> batch, Handler handler) {
    if (waiting_.size() >= settings_.waiting_max) {
        boost::asio::post(io_, [handler = std::move(handler)] {
            handler(Failure{Failure::Kind::overloaded, "too much is waiting"});
        });
        return;
    }
    const auto until = WaitingLine::Clock::now() + settings_.timeout;
    waiting_.push(std::move(handler), until);
    if (waiting_.size() == 1) arm();
    // The loop has something to wait for meanwhile.
    boost::asio::post(thread_, [this, self = self_, work = boost::asio::make_work_guard(io_),
                                job = Job{std::move(batch), until}] {
        boost::asio::post(io_, [self, answer = perform(job)]() mutable {
            if (*self != nullptr) (*self)->answer(std::move(answer));
        });
    });
}

// The thread takes one batch after the other, so answers come in the order of the line.
void SqliteDatabase::answer(Result<std::vector<Rows>> answer) {
    const auto handler = waiting_.pop();
    arm();
    if (handler) handler(std::move(answer));
}

// A disk that hangs keeps the thread, not those who wait for it.
void SqliteDatabase::arm() {
    const auto next = waiting_.next_deadline();
    if (next == WaitingLine::Clock::time_point::max()) {
        overdue_.cancel();
        return;
    }
    overdue_.expires_at(next);
    overdue_.async_wait([self = self_](const boost::system::error_code& error) {
        if (!error && *self != nullptr) (*self)->on_time();
    });
}

void SqliteDatabase::on_time() {
    const auto self = self_;
    for (const auto& handler : waiting_.overdue(WaitingLine::Clock::now())) {
        handler(Failure{Failure::Kind::timed_out, "no answer in time"});
        if (*self == nullptr) return;
    }
    arm();
}

Result<std::vector<Rows>> SqliteDatabase::perform(const Job& job) {
    if (WaitingLine::Clock::now() >= job.until) {
        return Failure{Failure::Kind::timed_out, "no answer in time"};
    }
    if (const auto opened = open(); !opened) return opened.error();
    wrote_ = true;
    auto answer = file_->run_all(job.batch);
    // What cannot be read is opened anew: the disk may be back, or the file another one.
    if (!answer && answer.error().kind == Failure::Kind::unavailable) file_.reset();
    return answer;
}

Result<void> SqliteDatabase::open() {
    if (file_) return {};
    auto opened = File::open({.path = path_, .patience = settings_.timeout});
    if (!opened) return opened.error();
    if (const auto good = make_or_check(*opened); !good) return good.error();
    const auto rows = opened->run({&last_change, {}});
    if (!rows) return rows.error();
    last_change_ = rows->front().integer(0).value_or(0);
    file_ = *std::move(opened);
    data_version_ = -1;
    return {};
}

Result<std::vector<Change>> SqliteDatabase::look() {
    std::vector<Change> changes;
    if (const auto opened = open(); !opened) return opened.error();
    const auto version = file_->data_version();
    if (!version) {
        file_.reset();
        return version.error();
    }
    // Our own writing does not show there.
    if (!std::exchange(wrote_, false) && *version == data_version_) return changes;
    data_version_ = *version;
    const auto rows = file_->run({&changes_since, {last_change_}});
    if (!rows) return rows.error();
    for (const Row& row : *rows) {
        last_change_ = row.integer(0).value_or(last_change_);
        changes.push_back(
            {row.text(1).value_or(""), row.text(2).value_or(""), row.text(3).value_or("")});
    }
    return changes;
}

void SqliteDatabase::look_again() {
    boost::asio::post(thread_, [this, self = self_, work = boost::asio::make_work_guard(io_)] {
        boost::asio::post(io_, [self, changes = look()] {
            if (*self != nullptr) (*self)->looked(changes);
        });
    });
}

void SqliteDatabase::looked(const Result<std::vector<Change>>& changes) {
    const auto self = self_;
    if (!changes) {
        is_open_ = false;
        if (!std::exchange(told_of_loss_, true)) events_.lost(changes.error());
    } else {
        told_of_loss_ = false;
        if (!std::exchange(is_open_, true)) events_.restored();
        for (const Change& change : *changes) {
            if (*self == nullptr) return;
            events_.changed(change);
        }
    }
    if (*self == nullptr) return;
    next_look_.expires_after(settings_.poll);
    next_look_.async_wait([self](const boost::system::error_code& error) {
        if (!error && *self != nullptr) (*self)->look_again();
    });
}

}  // namespace turnpike::storage::sqlite
