// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/service.hpp"

#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <numeric>

#include "tests/support/accounts_scenario.hpp"
#include "tests/support/usage_row.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;

// What reaches the workers.
class Workers {
public:
    Service::Post post() {
        return {.answer = [this](std::uint16_t, Finding finding) { keep(std::move(finding)); },
                .tell = [this](const Notice& notice) { keep(notice); },
                .restored = [] {}};
    }
    // The first of this kind that has come, and is as asked for.
    template <typename T>
    std::optional<T> wait_for(const std::function<bool(const T&)>& is_it) {
        std::unique_lock lock{mutex_};
        std::optional<T> found;
        came_.wait_for(lock, 15s, [&] {
            for (const Notice& notice : notices_) {
                const T* each = std::get_if<T>(&notice);
                if (each != nullptr && is_it(*each)) found = *each;
            }
            return found.has_value();
        });
        return found;
    }

private:
    void keep(Notice notice) {
        const std::lock_guard lock{mutex_};
        notices_.push_back(std::move(notice));
        came_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable came_;
    std::vector<Notice> notices_;
};

struct Scenario {
    Scenario() {
        REQUIRE(storage::migrate(database.url()));
        service.start(10s);
    }

    ServiceSettings settings() const {
        return {.url = database.url(),
                .storage = {},
                .realm = "example.org",
                .node = "relay-1",
                .run = "run-2",
                .call_warnings = {60s},
                .cache = {}};
    }

    test::EmptyDatabase database{test::Kind::sqlite};
    Attendance attendance{3s};
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    telemetry::Log log{{.descriptor = ::fileno(file.get())}};
    Workers workers;
    Service service{settings(), attendance, log, workers.post()};
};

TEST_CASE("a worker that asks gets an answer, and hears of changes and secrets") {
    Scenario s;
    CHECK(s.service.is_connected());
    CHECK_FALSE(s.service.is_shared());
    s.database.site(
        "INSERT INTO turnpike.account (realm, username, key_md5) VALUES"
        " ('example.org', 'alice', zeroblob(16))");
    const auto changed = s.workers.wait_for<Changed>(
        [](const Changed& each) { return each.change.name == "alice"; });
    REQUIRE(changed);
    CHECK(changed->change.kind == "account");
    REQUIRE(s.service.ask({{false, "alice", ""}, 0}));
    const auto finding = s.workers.wait_for<Finding>([](const Finding&) { return true; });
    REQUIRE(finding);
    REQUIRE(finding->record);
    CHECK(finding->record->user);
    s.database.site(
        "INSERT INTO turnpike.secret (realm, name, secret, expired) VALUES"
        " ('example.org', 'spring', 'hush', 'end')");
    const auto secrets =
        s.workers.wait_for<Secrets>([](const Secrets& each) { return each.secrets.size() == 1; });
    REQUIRE(secrets);
    CHECK(secrets->secrets.front().name == "spring");
    CHECK(secrets->secrets.front().expiry_ends_relay);
    s.service.stop();
}

TEST_CASE("each look-up and each write is timed, before its answer is there") {
    Scenario s;
    const auto count = [&](std::size_t operation) {
        const auto counts = s.service.took().at(operation).counts;
        return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    };
    constexpr std::size_t lookup = 0;
    constexpr std::size_t usage = 1;
    CHECK(count(lookup) + count(usage) == 0);
    REQUIRE(s.service.ask({{false, "nobody", ""}, 0}));
    REQUIRE(s.workers.wait_for<Finding>([](const Finding&) { return true; }));
    CHECK(count(lookup) == 1);
    std::promise<bool> written;
    s.service.write_usage({test::usage("a")}, [&](const storage::Result<void>& result) {
        written.set_value(result.has_value());
    });
    CHECK(written.get_future().get());
    CHECK(count(usage) == 1);
    CHECK(count(lookup) == 1);
}

TEST_CASE("of another realm's changes nothing is told") {
    Scenario s;
    s.database.site(
        "INSERT INTO turnpike.account (realm, username, key_md5) VALUES"
        " ('example.com', 'eve', zeroblob(16)), ('example.org', 'bob', zeroblob(16))");
    REQUIRE(
        s.workers.wait_for<Changed>([](const Changed& each) { return each.change.name == "bob"; }));
    CHECK(s.service.counters().read(telemetry::Counter::storage_changes) == 1);
}

TEST_CASE("a user who was known is known while the database does not answer, and marked so") {
    Scenario s;
    s.database.site(
        "INSERT INTO turnpike.account (realm, username, key_md5) VALUES"
        " ('example.org', 'alice', zeroblob(16))");
    const auto ask = [&](const std::string& name) {
        REQUIRE(s.service.ask({{false, name, ""}, 0}));
    };
    ask("alice");
    REQUIRE(s.workers.wait_for<Finding>([](const Finding& each) { return !each.is_old; }));
    s.database.site("DROP VIEW turnpike.credential");
    ask("alice");
    const auto old = s.workers.wait_for<Finding>([](const Finding& each) { return each.is_old; });
    REQUIRE(old);
    CHECK(old->record->user);
    ask("bob");
    CHECK(s.workers.wait_for<Finding>(
        [](const Finding& each) { return each.who.user == "bob" && !each.record; }));
}

TEST_CASE("what earlier runs left open is closed when it is asked for") {
    Scenario s;
    s.database.site(
        "INSERT INTO turnpike.usage (id, node, run, realm, username, transport, client,"
        " client_port, relayed, started_at, media_seconds, updated_at, sent_bytes, sent_packets,"
        " received_bytes, received_packets) VALUES ('1', 'relay-1', 'run-1', 'example.org', 'bob',"
        " 'udp', '192.0.2.1', 1, '', 1, 1, 1, 30, 1, 30, 1)");
    s.service.close_left_open();
    const auto end = std::chrono::steady_clock::now() + 15s;
    const storage::Statement open{"open", "SELECT count(*) FROM usage WHERE ended_at IS NULL"};
    const auto left = [&] {
        auto file = storage::sqlite::File::open({.path = s.database.file().string()}).value();
        return file.run({&open, {}}).value().at(0).integer(0);
    };
    while (left() != 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(left() == 0);
}

TEST_CASE("usage is written, and its writer told") {
    Scenario s;
    std::promise<bool> done;
    s.service.write_usage({test::usage("1")},
                          [&](storage::Result<void> written) { done.set_value(bool(written)); });
    CHECK(done.get_future().get());
}

TEST_CASE("a database that is too new is refused with what to do") {
    test::EmptyDatabase database{test::Kind::sqlite};
    REQUIRE(storage::migrate(database.url()));
    database.site("INSERT INTO turnpike.schema_version (version) VALUES (999)");
    Attendance attendance{3s};
    telemetry::Log log{{.descriptor = -1}};
    Workers workers;
    Service service{{.url = database.url(),
                     .storage = {},
                     .realm = "example.org",
                     .node = "relay-1",
                     .run = "run-1",
                     .call_warnings = {},
                     .cache = {}},
                    attendance,
                    log,
                    workers.post()};
    CHECK_THROWS_WITH(service.start(10s), Catch::Contains("999"));
}

}  // namespace
}  // namespace turnpike::accounts
