// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/record_cache.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;
using State = RecordCache::State;

const protocol::TimePoint now{1h};

Who named(std::string name) {
    return {.is_timed = false, .user = std::move(name), .call = {}};
}

Record somebody(std::optional<std::string> call = {}) {
    Record record;
    record.user.emplace();
    record.user->credential.call = std::move(call);
    return record;
}

TEST_CASE("a record is fresh for its time, and then old, and useful all the same") {
    RecordCache cache{{.users = 10, .keep = 60s}};
    CHECK(cache.find(named("alice"), now).state == State::absent);
    CHECK(cache.find(named("alice"), now).record == nullptr);
    cache.put(named("alice"), somebody(), now);
    CHECK(cache.find(named("alice"), now + 59s).state == State::fresh);
    CHECK(cache.find(named("alice"), now + 60s).state == State::old);
    CHECK(cache.find(named("alice"), now + 24h).record != nullptr);
}

TEST_CASE("a change makes a record outdated until it is put anew") {
    RecordCache cache{{}};
    const Who timed{.is_timed = true, .user = "alice", .call = "c-1"};
    cache.put(named("alice"), somebody("c-1"), now);
    cache.put(named("bob"), somebody("c-2"), now);
    cache.put(timed, {}, now);
    const auto states = [&] {
        return std::array{cache.find(named("alice"), now).state,
                          cache.find(named("bob"), now).state, cache.find(timed, now).state};
    };
    SECTION("of one") {
        cache.outdate(named("alice"));
        CHECK(states() == std::array{State::outdated, State::fresh, State::fresh});
        cache.put(named("alice"), somebody(), now);
        CHECK(states() == std::array{State::fresh, State::fresh, State::fresh});
    }
    SECTION("of one under all names") {
        cache.outdate_user("alice");
        CHECK(states() == std::array{State::outdated, State::fresh, State::outdated});
    }
    SECTION("of a call") {
        cache.outdate_call("c-1");
        CHECK(states() == std::array{State::outdated, State::fresh, State::outdated});
    }
    SECTION("of anything") {
        cache.outdate_all();
        CHECK(states() == std::array{State::outdated, State::outdated, State::outdated});
    }
}

TEST_CASE("the least recently used go first, and strangers push out strangers alone") {
    RecordCache cache{{.users = 2, .keep = 60s}};
    cache.put(named("alice"), somebody(), now);
    cache.put(named("bob"), somebody(), now);
    CHECK(cache.find(named("alice"), now).state == State::fresh);
    cache.put(named("carol"), somebody(), now);
    CHECK(cache.find(named("bob"), now).state == State::absent);
    for (int count = 0; count < 5000; ++count) {
        cache.put(named("nobody" + std::to_string(count)), {}, now);
    }
    CHECK(cache.size() == 2 + RecordCache::nobodies);
    CHECK(cache.find(named("alice"), now).state == State::fresh);
    CHECK(cache.find(named("carol"), now).state == State::fresh);
}

TEST_CASE("nobody is remembered for a short time, and may become somebody") {
    RecordCache cache{{}};
    cache.put(named("late"), {}, now);
    CHECK(cache.find(named("late"), now + 4s).state == State::fresh);
    CHECK(cache.find(named("late"), now + 5s).state == State::outdated);
    cache.put(named("late"), somebody(), now);
    CHECK(cache.size() == 1);
    CHECK(cache.find(named("late"), now + 10s).state == State::fresh);
}

}  // namespace
}  // namespace turnpike::accounts
