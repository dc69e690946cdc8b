// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/ledger.hpp"

#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>

#include "tests/support/accounts_scenario.hpp"
#include "tests/support/usage_row.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;
using storage::Failure;
using storage::Usage;

using test::noon;
using test::usage;

Usage ended(const std::string& id, storage::Time at = noon + 1s) {
    return test::ended(id, at);
}

// A database that takes rows, or fails as it is told.
class Books {
public:
    Ledger::Write write() {
        return [this](std::vector<Usage> rows, const Ledger::Done& done) {
            {
                const std::lock_guard lock{mutex_};
                ++batches;
                const bool is_bad = std::ranges::any_of(
                    rows, [&](const Usage& row) { return row.username == poison; });
                if (failure || is_bad) {
                    done(failure ? *failure : Failure{Failure::Kind::refused, "poison"});
                } else {
                    for (Usage& row : rows) here[row.id] = std::move(row);
                    done({});
                }
            }
            changed_.notify_all();
        };
    }
    [[nodiscard]] bool until(const std::function<bool()>& condition) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, 15s, condition);
    }
    void fail(std::optional<Failure> with) {
        const std::lock_guard lock{mutex_};
        failure = std::move(with);
    }
    [[nodiscard]] Ledger::OnAllWritten count() {
        return [this] {
            const std::lock_guard lock{mutex_};
            ++emptied;
            changed_.notify_all();
        };
    }

    std::map<std::string, Usage> here;
    std::string poison;
    int batches = 0;
    int emptied = 0;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Failure> failure;
};

struct Scenario {
    explicit Scenario(std::uint64_t bytes_max = 0) : bytes{bytes_max} { open("run1"); }
    ~Scenario() { ledger.reset(); }

    void open(const std::string& run) {
        ledger = std::make_unique<Ledger>(options(), run, log);
        ledger->start(books.write(), books.count());
    }
    [[nodiscard]] storage::sqlite::FileOptions options() const {
        return {.path = (folder.path() / "journal").string(), .bytes_max = bytes, .is_ours = true};
    }

    std::uint64_t bytes;
    test::Folder folder;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    telemetry::Log log{{.descriptor = ::fileno(file.get())}};
    Books books;
    std::unique_ptr<Ledger> ledger;
};

TEST_CASE("rows that are due reach the database, and those that are not wait") {
    Scenario s;
    s.ledger->post({{usage("a"), true}, {usage("b"), false}});
    CHECK(s.books.until([&] { return s.books.here.contains("a"); }));
    s.ledger->post({{ended("b"), true}});
    CHECK(s.books.until([&] { return s.books.here.contains("b"); }));
    CHECK(s.books.here["b"].reason == "deleted");
    CHECK(s.ledger->accepts());
}

TEST_CASE("while the database is away rows wait, and arrive when it is back") {
    Scenario s;
    s.books.fail(Failure{Failure::Kind::unavailable, "away"});
    s.ledger->post({{usage("a"), true}});
    CHECK(s.books.until([&] { return s.books.batches >= 1; }));
    s.ledger->post({{ended("a"), true}});
    s.books.fail({});
    s.ledger->try_now();
    CHECK(s.books.until([&] { return s.books.here["a"].ended_at.has_value(); }));
}

TEST_CASE("it is known how many rows wait for the database, more than one batch too") {
    Scenario s;
    const auto reaches = [&](std::size_t count) {
        const auto end = std::chrono::steady_clock::now() + 15s;
        while (s.ledger->rows_waiting() != count) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    };
    s.books.fail(Failure{Failure::Kind::unavailable, "away"});
    std::vector<Report> reports;
    for (int count = 0; count < 450; ++count) {
        reports.push_back({ended(std::to_string(count)), true});
    }
    s.ledger->post(std::move(reports));
    CHECK(reaches(450));
    s.books.fail({});
    s.ledger->try_now();
    CHECK(reaches(0));
    CHECK(s.books.here.size() == 450);
}

TEST_CASE("a row that the database refuses for good does not keep the others") {
    Scenario s;
    s.books.poison = "mallory";
    Usage bad = ended("bad", noon);
    bad.username = "mallory";
    s.ledger->post({{bad, true}, {ended("good"), true}});
    CHECK(s.books.until([&] { return s.books.here.contains("good"); }));
    CHECK(s.books.until([&] { return s.books.emptied >= 1; }));
    CHECK(s.ledger->counters().read(telemetry::Counter::usage_refused) >= 1);
}

TEST_CASE("what another run left open is closed and told, before it is said that all is told") {
    Scenario s;
    s.books.fail(Failure{Failure::Kind::unavailable, "away"});
    s.ledger->post({{usage("a"), true}, {ended("b"), true}});
    s.ledger->finish(100ms);
    s.ledger.reset();
    s.books.fail({});
    s.books.emptied = 0;
    s.open("run-2");
    CHECK(s.books.until([&] { return s.books.emptied >= 1; }));
    CHECK(s.books.here.at("a").reason == "crash");
    CHECK(s.books.here.at("b").reason == "deleted");
}

TEST_CASE("at the end all that was posted is written") {
    Scenario s;
    std::vector<Report> reports;
    for (int count = 0; count < 1000; ++count) {
        reports.push_back({ended(std::to_string(count)), true});
    }
    s.ledger->post(std::move(reports));
    s.ledger->finish(10s);
    CHECK(s.books.here.size() == 1000);
}

TEST_CASE("a journal that is nearly full takes no more allocations until it has room") {
    Scenario s{1024 * 1024};
    s.books.fail(Failure{Failure::Kind::unavailable, "away"});
    std::vector<Report> reports;
    for (int count = 0; count < 6000; ++count) {
        reports.push_back({usage(std::to_string(count) + std::string(100, 'x')), true});
    }
    s.ledger->post(std::move(reports));
    const auto end = std::chrono::steady_clock::now() + 15s;
    while (s.ledger->accepts() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK_FALSE(s.ledger->accepts());
}

TEST_CASE("a journal that cannot be opened, or is another's, says so") {
    Scenario s;
    const auto open = [&](const std::string& path) {
        Ledger{{.path = path, .patience = 10ms, .is_ours = true}, "run-2", s.log};
    };
    CHECK_THROWS_WITH(open("/proc/journal"), Catch::Contains("storage.journal"));
    CHECK_THROWS_WITH(open(s.options().path), Catch::Contains("locked"));
}

}  // namespace
}  // namespace turnpike::accounts
