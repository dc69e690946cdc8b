// SPDX-License-Identifier: BSD-3-Clause
//
// Watches the calls that somebody attends: says when the first media of one was relayed, where its
// time begins with that; warns before its end, and says that it has ended; reads how many of its
// bytes were relayed elsewhere; says when they are used up. On the storage thread. What the
// database does not take is told again until it does, as long as the call is attended.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/time.hpp"
#include "server/accounts/attendance.hpp"
#include "server/accounts/notice.hpp"
#include "storage/store.hpp"

namespace turnpike::accounts {

class CallWatch {
public:
    static constexpr std::chrono::milliseconds interval{100};
    // How old what is known of a call's bytes elsewhere may be; servers report theirs each minute.
    static constexpr std::chrono::seconds budget_interval{10};

    struct Settings {
        std::string realm;
        std::string run;
        std::vector<std::chrono::seconds> warnings;
    };
    using Tell = std::function<void(const Notice&)>;

    // `tell` reaches every worker.
    CallWatch(storage::Store& store, Attendance& attendance, Settings settings, Tell tell);

    // So long before the ends of calls from now on.
    void warn_before(std::vector<std::chrono::seconds> warnings) {
        settings_.warnings = std::move(warnings);
    }

    // To be called each interval.
    void tick(protocol::Moment now);

private:
    // What has been told of a call.
    struct Told {
        bool began = false;             // to the workers
        bool is_begin_stored = false;   // or not needed
        bool is_storing_begin = false;  // an answer is awaited
        bool used_up = false;
        std::vector<storage::Event> events;  // to the database
        bool is_reading_budget = false;
        protocol::TimePoint budget_read{};
        protocol::TimePoint seen{};
    };
    struct Due {
        std::string call;
        auth::CallGrant grant;
        std::optional<protocol::TimePoint> began;
        bool is_attended = false;
        bool is_exhausted = false;
    };

    void follow(const Due& due, protocol::Moment now);
    void begin(const Due& due, Told& told, protocol::Moment now);
    void warn(const Due& due, Told& told, protocol::Moment now);
    void put(const storage::Event& event, Told& told);
    void read_budget(const Due& due, Told& told, protocol::TimePoint now);

    storage::Store& store_;
    Attendance& attendance_;
    Settings settings_;
    Tell tell_;
    boost::unordered_flat_map<std::string, Told> told_;
};

}  // namespace turnpike::accounts
