// SPDX-License-Identifier: BSD-3-Clause
//
// Tells the servers that share the database what this one holds for each user and call, so that
// quotas hold over all of them: within `interval` of a change, which then reaches the others at
// once. What a server that died has told is void after `lifetime`. On the storage thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "server/accounts/attendance.hpp"
#include "storage/store.hpp"

namespace turnpike::accounts {

class LeaseKeeper {
public:
    static constexpr std::chrono::milliseconds interval{250};
    static constexpr std::chrono::seconds lifetime{30};
    static constexpr std::chrono::seconds renewal{10};

    struct Name {
        std::string realm;
        std::string node;
        std::string run;
    };
    // Each time the database has done what it was told, or has not: when that was begun.
    using OnDone = std::function<void(protocol::TimePoint since, bool well)>;
    LeaseKeeper(storage::Store& store, Attendance& attendance, Name name, OnDone on_done = {});

    // To be called each interval.
    void tick(protocol::Moment now);
    // Nobody knows any more what it told: everything is told again.
    void start_afresh();
    // Gives all back, and says when that is done, or cannot be.
    void stop(std::function<void()> done);

private:
    static constexpr std::size_t batch_max = 500;

    // The end of what a tick began; yields whether it went well.
    bool done(protocol::TimePoint since, const storage::Result<void>& result);
    void tell(protocol::Moment now);
    void renew(protocol::Moment now);

    storage::Store& store_;
    Attendance& attendance_;
    Name name_;
    OnDone on_done_;
    std::vector<storage::Lease> untold_;
    bool is_afresh_ = true;
    bool is_telling_ = false;
    protocol::TimePoint renewed_{};
};

}  // namespace turnpike::accounts
