// SPDX-License-Identifier: BSD-3-Clause
#include "storage/journal.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/support/database_scenario.hpp"
#include "tests/support/usage_row.hpp"

namespace turnpike::storage {
namespace {

using namespace std::chrono_literals;

using test::ended;
using test::noon;
using test::usage;

class Scenario {
public:
    explicit Scenario(std::uint64_t bytes_max = 0)
        : journal{Journal::open({.path = path(), .bytes_max = bytes_max}).value()} {}
    void write(std::vector<Usage> rows) { REQUIRE(journal.write(rows)); }
    void settle(std::vector<Usage> rows) { REQUIRE(journal.settle(rows)); }
    std::vector<Usage> pending() { return journal.pending(100).value(); }
    std::string path() { return (folder.path() / "journal.db").string(); }

    test::Folder folder;
    Journal journal;
};

TEST_CASE("what was written waits, oldest first, as it is now") {
    Scenario scenario;
    scenario.write({usage("b", noon + 2s), usage("a", noon + 1s)});
    CHECK(scenario.pending() == std::vector<Usage>{usage("a", noon + 1s), usage("b", noon + 2s)});
    scenario.write({usage("a", noon + 3s)});
    CHECK(scenario.pending() == std::vector<Usage>{usage("b", noon + 2s), usage("a", noon + 3s)});
    CHECK(scenario.journal.pending(1).value().size() == 1);
    scenario.write({usage("a", noon)});  // too late
    CHECK(scenario.pending()[1] == usage("a", noon + 3s));
}

TEST_CASE("as many rows wait as the database has yet to get") {
    Scenario scenario;
    CHECK(scenario.journal.waiting().value() == 0);
    scenario.write({usage("a"), usage("b"), usage("c")});
    REQUIRE(scenario.journal.write(std::vector{usage("d")}, false));  // not due
    CHECK(scenario.journal.waiting().value() == 3);
    scenario.settle({usage("a")});
    CHECK(scenario.journal.waiting().value() == 2);
}

TEST_CASE("what the database has waits no longer, until it changes again") {
    Scenario scenario;
    scenario.write({usage("a")});
    scenario.settle({usage("a")});
    CHECK(scenario.pending().empty());
    scenario.write({ended("a", noon + 1s)});
    scenario.settle({usage("a")});  // what was under way meanwhile was not this
    CHECK(scenario.pending() == std::vector<Usage>{ended("a", noon + 1s)});
    scenario.settle({ended("a", noon + 1s)});
    CHECK(scenario.pending().empty());
    CHECK(scenario.journal.close_left_open("run2").value() == 0);
}

TEST_CASE("what has ended stays as it ended") {
    Scenario scenario;
    scenario.write({ended("a", noon + 1s)});
    scenario.write({usage("a", noon + 2s)});
    CHECK(scenario.pending() == std::vector<Usage>{ended("a", noon + 1s)});
}

TEST_CASE("after a crash the next run ends what was open, as it was last heard of") {
    Scenario scenario;
    scenario.write({usage("a", noon + 9s), usage("b", noon + 1s), ended("c", noon)});
    scenario.settle({usage("b", noon + 1s)});
    CHECK(scenario.journal.close_left_open("run1").value() == 0);
    CHECK(scenario.journal.close_left_open("run2").value() == 2);
    CHECK(scenario.journal.close_left_open("run2").value() == 0);
    const auto pending = scenario.pending();
    REQUIRE(pending.size() == 3);
    CHECK(pending[1].id == "b");
    CHECK(pending[1].reason == "crash");
    CHECK(pending[1].ended_at == noon + 1s);
    CHECK(pending[2].ended_at == noon + 9s);
}

TEST_CASE("a process that is killed leaves behind what it wrote") {
    const test::Folder folder;
    const std::string path = (folder.path() / "journal.db").string();
    const pid_t child = ::fork();
    if (child == 0) {
        auto journal = Journal::open({.path = path});
        const std::vector<Usage> rows{usage("a")};
        if (!journal || !journal->write(rows)) ::_exit(1);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(Journal::open({.path = path}).value().pending(9).value().size() == 1);
}

TEST_CASE("a full journal takes no new rows, and still what becomes of the old ones") {
    Scenario scenario{256U << 10U};
    std::vector<std::string> written;
    while (scenario.journal.fill() < Journal::full) {
        written.push_back("id-" + std::to_string(written.size()));
        scenario.write({usage(written.back())});
        REQUIRE(written.size() < 100'000);
    }
    CHECK(written.size() > 100);
    for (const std::string& id : written) scenario.write({ended(id, noon + 60s)});
    CHECK(scenario.pending().size() == 100);
    const auto rows = scenario.journal.pending(written.size()).value();
    CHECK(rows.size() == written.size());
    scenario.settle(rows);
    CHECK(scenario.journal.fill() < Journal::full);
    CHECK(scenario.pending().empty());
}

}  // namespace
}  // namespace turnpike::storage
