// SPDX-License-Identifier: BSD-3-Clause
//
// What the database said of users lately. Bounded: the least recently used are forgotten first, and
// names that nobody has cannot push out those that somebody has. Pure; owned by one worker.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/time.hpp"
#include "server/accounts/notice.hpp"

namespace turnpike::accounts {

class RecordCache {
public:
    struct Limits {
        std::size_t users = 10'000;
        std::chrono::seconds keep{60};  // how long a record is fresh
    };
    // Nobody: unknown users are asked for again after this, and that many are remembered.
    static constexpr std::chrono::seconds keep_nobody{5};
    static constexpr std::size_t nobodies = 1024;

    enum class State : std::uint8_t {
        absent,
        fresh,
        old,       // true as far as anybody knows: use it, and ask again
        outdated,  // something has changed: ask again first
    };

    explicit RecordCache(const Limits& limits) noexcept : limits_{limits} {}

    // The record lives until the next call of anything that is not const. Null: absent.
    struct Found {
        const Record* record = nullptr;
        State state = State::absent;
    };
    [[nodiscard]] Found find(const Who& who, protocol::TimePoint now);
    const Record& put(const Who& who, Record record, protocol::TimePoint now);
    // It may have changed.
    void outdate(const Who& who);
    void outdate_user(const std::string& user);  // under whichever name
    void outdate_call(const std::string& call);
    void outdate_all();

    [[nodiscard]] std::size_t size() const noexcept { return users_.size() + nobodies_.size(); }

private:
    struct Kept {
        Who who;
        Record record;
        protocol::TimePoint since{};
        bool is_outdated = false;
    };
    using Order = std::list<Kept>;  // the most recently used first
    using Index = boost::unordered_flat_map<Who, Order::iterator>;

    static void erase(Index& index, Order& order, const Who& who);
    static void trim(Index& index, Order& order, std::size_t most);

    Limits limits_;
    Index users_;
    Order users_order_;
    Index nobodies_;
    Order nobodies_order_;
};

}  // namespace turnpike::accounts
