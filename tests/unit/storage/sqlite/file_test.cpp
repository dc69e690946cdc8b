// SPDX-License-Identifier: BSD-3-Clause
#include "storage/sqlite/file.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage::sqlite {
namespace {

constexpr Statement put{"put", "INSERT INTO turnpike.t VALUES ($1)"};
constexpr Statement count{"count", "SELECT count(*) FROM turnpike.t"};

TEST_CASE("nobody else may read the file, and its folder is made") {
    const test::Folder folder;
    const auto path = folder.path() / "state" / "turnpike.db";
    auto file = File::open({.path = path.string()});
    REQUIRE(file);
    REQUIRE(file->script("CREATE TABLE t (x)"));
    for (const char* name : {"turnpike.db", "turnpike.db-wal", "."}) {
        struct stat found{};
        INFO(name);
        REQUIRE(::stat((folder.path() / "state" / name).c_str(), &found) == 0);
        CHECK((found.st_mode & 077U) == 0);
    }
}

TEST_CASE("what root makes belongs to whom its folder belongs, and what is there keeps its owner") {
    const test::Folder folder;
    constexpr uid_t server = 65534;
    const bool is_root = ::geteuid() == 0 && ::chown(folder.path().c_str(), server, server) == 0;
    const uid_t owner = is_root ? server : ::geteuid();
    const auto owner_of = [&](const char* name) {
        struct stat found{};
        INFO(name);
        REQUIRE(::stat(folder.file(name).c_str(), &found) == 0);
        return found.st_uid;
    };
    {
        auto file = File::open({.path = folder.file("a.db")});
        REQUIRE(file);
        REQUIRE(file->script("CREATE TABLE t (x)"));
        for (const char* name : {"a.db", "a.db-wal", "a.db-shm"}) CHECK(owner_of(name) == owner);
    }
    if (is_root) REQUIRE(::chown(folder.file("a.db").c_str(), 0, 0) == 0);
    REQUIRE(File::open({.path = folder.file("a.db")}));
    CHECK(owner_of("a.db") == ::geteuid());
}

TEST_CASE("a file that cannot be made says why, and the mask of the process stays") {
    const test::Folder folder;
    const mode_t mask = ::umask(0027);
    const auto file = File::open({.path = folder.file("a.db")});
    const mode_t kept = ::umask(mask);
    REQUIRE(file);
    CHECK(kept == 0027);
    const std::string beneath = folder.file("a.db/b.db");
    const auto none = File::open({.path = beneath});
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == Failure::Kind::unavailable);
    CHECK(none.error().what == beneath + ": Not a directory");
}

TEST_CASE("a full file says so and goes on once there is room") {
    const test::Folder folder;
    auto file = File::open({.path = (folder.path() / "a.db").string(), .bytes_max = 64U << 10U});
    REQUIRE(file);
    REQUIRE(file->script("CREATE TABLE t (x)"));
    CHECK(file->fill() > 0.0);
    CHECK(file->fill() < 0.5);
    const Query large{&put, {std::string(4000, 'x')}};
    Result<Rows> result = Rows{};
    int written = 0;
    for (; result && written < 1000; ++written) result = file->run(large);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == Failure::Kind::full);
    CHECK(file->fill() > 0.9);
    const std::vector<Query> batch{large, large};
    CHECK(file->run_all(batch).error().kind == Failure::Kind::full);
    REQUIRE(file->script("DELETE FROM t"));
    CHECK(file->fill() < 0.5);
    CHECK(file->run_all(batch));
}

TEST_CASE("who is killed loses nothing that was committed") {
    const test::Folder folder;
    const std::string path = (folder.path() / "a.db").string();
    const pid_t child = ::fork();
    if (child == 0) {
        auto file = File::open({.path = path});
        if (!file || !file->script("CREATE TABLE t (x); INSERT INTO t VALUES (1)")) ::_exit(1);
        (void)file->script("BEGIN; INSERT INTO t VALUES (2)");
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    auto file = File::open({.path = path});
    REQUIRE(file);
    CHECK(file->run({&count, {}}).value()[0].integer(0) == 1);
}

TEST_CASE("each failure has its kind") {
    const test::Folder folder;
    const std::string path = (folder.path() / "a.db").string();
    auto file = File::open({.path = path, .patience = std::chrono::milliseconds{1}});
    REQUIRE(file);
    CHECK(file->run({&count, {}}).error().kind == Failure::Kind::schema);
    REQUIRE(file->script("CREATE TABLE t (x CHECK (x < 10))"));
    CHECK(file->run({&put, {std::int64_t{10}}}).error().kind == Failure::Kind::refused);
    auto other = File::open({.path = path});
    REQUIRE(other->script("BEGIN IMMEDIATE"));
    CHECK(file->run({&put, {std::int64_t{1}}}).error().kind == Failure::Kind::timed_out);
    CHECK(file->run({&count, {}}));  // who reads waits for nobody
    REQUIRE(other->script("ROLLBACK"));
    REQUIRE(other->script("PRAGMA query_only = ON"));
    CHECK(other->run({&put, {std::int64_t{1}}}).error().kind == Failure::Kind::read_only);
    CHECK(File::open({.path = folder.path().string()}).error().kind == Failure::Kind::unavailable);
}

}  // namespace
}  // namespace turnpike::storage::sqlite
