// SPDX-License-Identifier: BSD-3-Clause
//
// The accounts of this server, on a thread of their own with the database: answers what workers ask
// of users and calls, tells them what changes, and keeps the other servers, the calls and the usage
// up to date. Nothing here ever waits for the database, and no worker waits for this.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/accounts/attendance.hpp"
#include "server/accounts/call_watch.hpp"
#include "server/accounts/lease_keeper.hpp"
#include "server/accounts/look_up.hpp"
#include "server/accounts/notice.hpp"
#include "server/accounts/record_cache.hpp"
#include "server/telemetry/counters.hpp"
#include "server/telemetry/histogram.hpp"
#include "server/telemetry/log.hpp"
#include "storage/settings.hpp"
#include "storage/store.hpp"

namespace turnpike::accounts {

struct ServiceSettings {
    std::string url;  // of the database
    storage::Settings storage;
    std::string realm;  // as it stands in the database
    std::string node;   // this server among those that share the database
    std::string run;    // this process among those that had that name
    std::vector<std::chrono::seconds> call_warnings;
    RecordCache::Limits cache;
    bool secret_ends_relay = false;  // where a secret does not say: auth.expired
};

class Service {
public:
    // What reaches the workers; called by our thread.
    struct Post {
        std::function<void(std::uint16_t to, Finding)> answer;
        std::function<void(const Notice&)> tell;  // all of them
        std::function<void()> restored;           // the database takes usage again
    };

    // The references outlive it. Nothing is opened yet. Throws std::runtime_error where the URL is
    // none.
    Service(ServiceSettings settings, Attendance& attendance, telemetry::Log& log, Post post);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Returns when the database has answered, or cannot, or `patience` is over. Throws
    // std::runtime_error where its tables are not those of this program: it says what to do.
    void start(std::chrono::milliseconds patience);
    // Gives back what it told other servers.
    void stop();

    // Any thread. What a reload may change of the settings.
    void amend(std::vector<std::chrono::seconds> call_warnings, bool secret_ends_relay);
    // Any thread. False where too many wait already. The answer comes by Post::answer.
    [[nodiscard]] bool ask(Inquiry inquiry);
    void write_usage(std::vector<storage::Usage> rows,
                     std::function<void(storage::Result<void>)> done);
    [[nodiscard]] bool is_connected() const noexcept {
        return is_connected_.load(std::memory_order_relaxed);
    }

    // What earlier runs of this node have left open is over. Once nothing of theirs waits to be
    // written, because that knows better.
    void close_left_open();
    // Whether other servers may use this database; with SQLite none does.
    [[nodiscard]] bool is_shared() const noexcept { return is_shared_; }

    // How long the database took, in the order of telemetry::storage_operations. Any thread.
    [[nodiscard]] std::array<telemetry::HistogramValues, 3> took() const noexcept;
    [[nodiscard]] const telemetry::Counters& counters() const noexcept { return counters_; }

private:
    static constexpr std::size_t asked_max = 8192;

    [[nodiscard]] storage::Database::Events events();
    void changed(const storage::Change& change);
    void restored();
    void lost(const storage::Failure& failure);
    void load_secrets();
    void close_rows();
    void answer(const Inquiry& inquiry, Finding finding, protocol::TimePoint since);
    enum class Operation : std::uint8_t { lookup, usage, lease };
    void record(Operation operation, protocol::TimePoint since) noexcept;
    void watch_calls();
    void keep_leases();
    void forget_changes();

    // Constant after construction, but for what amend() changes on our thread.
    ServiceSettings settings_;
    bool is_shared_;  // with other servers
    Attendance& attendance_;
    telemetry::Log& log_;
    Post post_;
    // Shared by all threads.
    std::atomic<std::size_t> asked_{0};
    std::atomic<bool> is_connected_{false};
    // Owned by our thread.
    telemetry::Counters counters_;
    std::array<telemetry::Histogram, 3> took_;  // by Operation
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::unique_ptr<storage::Database> database_;
    storage::Store store_;
    LookUp look_up_;
    CallWatch calls_;
    RecordCache known_;  // for when the database is away
    LeaseKeeper leases_;
    boost::asio::steady_timer call_timer_;
    boost::asio::steady_timer lease_timer_;
    boost::asio::steady_timer retry_timer_;
    boost::asio::steady_timer forget_timer_;
    std::promise<std::optional<storage::Failure>> first_;  // what came of the first attempt
    bool has_answered_ = false;
    bool has_closed_ = false;  // what earlier runs left open
    std::thread thread_;
};

}  // namespace turnpike::accounts
