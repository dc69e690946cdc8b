// SPDX-License-Identifier: BSD-3-Clause
//
// What a server has of accounts and usage, put together: the database's thread and the journal's,
// as far as there is a database. Used by the thread that runs the server.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/accounts/ledger.hpp"
#include "server/accounts/service.hpp"
#include "server/config/config.hpp"
#include "server/telemetry/log.hpp"
#include "server/telemetry/metrics.hpp"
#include "server/worker/post_office.hpp"
#include "server/worker/shared.hpp"

namespace turnpike::worker {

class Bookkeeping {
public:
    // The references outlive it; `shared` is told what there is.
    Bookkeeping(const config::Config& config, Shared& shared, const PostOffice& post_office,
                telemetry::Log& log);

    // Before the workers run. Throws std::runtime_error that says what to do. Only where nobody has
    // asked for a database, and the files that are the default are not there and cannot be made,
    // the server does without: there are the users of the configuration then.
    void open();
    // Whether a database and a journal are in use, be the former away for now. Any thread.
    [[nodiscard]] bool is_open() const noexcept { return is_open_.load(std::memory_order_acquire); }
    // After the workers have ended: all usage is in the journal, and in the database if that is
    // there.
    void close();

    // While it is open: what a reload may change.
    void amend(const config::Config& config);

    // Of its threads. Any thread may ask, also while they are being opened.
    [[nodiscard]] std::vector<const telemetry::Counters*> counters() const;
    // Of the journal, from 0 to 1.
    [[nodiscard]] double journal_fill() const noexcept { return is_open() ? ledger_->fill() : 0; }

    // None where no database is configured; not connected where it was given up.
    [[nodiscard]] std::optional<telemetry::StorageMetrics> metrics() const;
    // Whether there is room for what another allocation will use.
    [[nodiscard]] bool has_room() const noexcept { return !is_open() || ledger_->accepts(); }

private:
    void start();
    void do_without(const std::string& reason);

    const config::Config& config_;
    Shared& shared_;
    const PostOffice& post_office_;
    telemetry::Log& log_;
    std::unique_ptr<accounts::Ledger> ledger_;
    std::unique_ptr<accounts::Service> service_;
    std::atomic<bool> is_open_{false};      // both are there, and stay
    std::atomic<bool> is_given_up_{false};  // the server does without them
};

}  // namespace turnpike::worker
