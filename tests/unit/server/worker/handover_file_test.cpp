// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/handover_file.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/full_handover.hpp"

namespace turnpike::worker {
namespace {

using Catch::Matchers::Contains;
using test::full_handover;

TEST_CASE("the next process finds it once, and nobody else may read it") {
    const test::Folder folder;
    const std::string file = folder.path() / "handover";
    CHECK(can_leave(file).has_value());
    REQUIRE(leave(full_handover(), file).has_value());
    struct stat status{};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    const Found found = find_handover(file);
    REQUIRE(found.handover);
    CHECK(found.handover->run == "0123");
    CHECK(found.problem.empty());
    forget_handover(file);
    const Found again = find_handover(file);
    CHECK_FALSE(again.handover);
    CHECK(again.problem.empty());
}

TEST_CASE("one that is there already is replaced whole") {
    const test::Folder folder;
    const std::string file = folder.path() / "handover";
    std::ofstream{file + ".new"} << "of somebody who did not get to the end";
    REQUIRE(leave(full_handover(), file).has_value());
    auto another = full_handover();
    another.run = "4567";
    REQUIRE(leave(another, file).has_value());
    CHECK(find_handover(file).handover->run == "4567");
    forget_handover(file);
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("what is of no use says why") {
    const test::Folder folder;
    const std::string file = folder.path() / "handover";
    SECTION("others may read it") {
        REQUIRE(leave(full_handover(), file).has_value());
        REQUIRE(::chmod(file.c_str(), 0640) == 0);
        CHECK_THAT(find_handover(file).problem, Contains("somebody else"));
    }
    SECTION("the machine was started again") {
        auto handover = full_handover();
        handover.boot = "another";
        REQUIRE(leave(handover, file).has_value());
        CHECK_THAT(find_handover(file).problem, Contains("started again"));
    }
    SECTION("it is no handover") {
        std::ofstream{file} << "nonsense";
        REQUIRE(::chmod(file.c_str(), 0600) == 0);
        CHECK_THAT(find_handover(file).problem, Contains("no JSON"));
    }
    SECTION("it is somebody else's") {
        REQUIRE(leave(full_handover(), file).has_value());
        REQUIRE(::chown(file.c_str(), 65534, 65534) == 0);
        CHECK_THAT(find_handover(file).problem, Contains("somebody else"));
        CHECK(find_handover(file, 65534).handover);  // unless this process will be him
    }
}

TEST_CASE("where nothing can be written it says so") {
    const test::Folder folder;
    const std::string file = folder.path() / "missing" / "handover";
    CHECK_THAT(can_leave(file).error().why, Contains("missing"));
    CHECK_THAT(leave(full_handover(), file).error().why, Contains("missing"));
}

}  // namespace
}  // namespace turnpike::worker
