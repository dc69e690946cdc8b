// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/state_files.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::worker {
namespace {

namespace fs = std::filesystem;

// Root may do anything, so in a process of its own that is somebody else.
bool holds_for_nobody(const std::function<bool()>& claim) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr uid_t nobody = 65534;
        const bool is_nobody = ::geteuid() != 0 || ::setresuid(nobody, nobody, nobody) == 0;
        ::_exit(is_nobody && claim() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool says(const std::optional<Obstacle>& obstacle, bool is_fatal, const std::string& words) {
    return obstacle && obstacle->is_fatal == is_fatal &&
           obstacle->what.find(words) != std::string::npos;
}

TEST_CASE("files that are there, and such as can be made, are no obstacle") {
    const test::Folder folder;
    std::ofstream{folder.file("a.db")} << "x";
    CHECK_FALSE(obstacle_to({folder.file("a.db"), folder.file("b.journal")}));
    CHECK_FALSE(obstacle_to({folder.file("yet/to/be/made/a.db")}));
    CHECK_FALSE(obstacle_to({}));
}

TEST_CASE("a file that can never be is one that a server may do without") {
    const test::Folder folder;
    std::ofstream{folder.file("plain")} << "x";
    const std::string beneath = folder.file("plain/a.db");
    const auto obstacle = obstacle_to({folder.file("b.journal"), beneath});
    REQUIRE(obstacle);
    CHECK_FALSE(obstacle->is_fatal);
    CHECK(obstacle->what == beneath + " cannot be made: Not a directory");
}

TEST_CASE("a folder of somebody else is one that a server may do without, until a file is in it") {
    const test::Folder folder;
    const std::string file = folder.file("a.db");
    const std::string absent = folder.file("b.journal");
    const auto close = [&] { fs::permissions(folder.path(), fs::perms{0555}); };
    const auto open = [&] { fs::permissions(folder.path(), fs::perms{0755}); };
    close();
    CHECK(holds_for_nobody([&] { return says(obstacle_to({file}), false, "Permission denied"); }));
    open();
    std::ofstream{file} << "x";
    fs::permissions(file, fs::perms{0666});
    close();
    CHECK(holds_for_nobody(
        [&] { return says(obstacle_to({absent, file}), true, "nothing can be written beside"); }));
    open();
}

TEST_CASE("a file of somebody else is an error that says how to give it back") {
    const test::Folder folder;
    const std::string file = folder.file("a.db");
    std::ofstream{file} << "x";
    fs::permissions(file, fs::perms::none);
    fs::permissions(folder.path(), fs::perms{0777});
    CHECK(holds_for_nobody([&] {
        return says(obstacle_to({file}), true,
                    "`chown --reference=" + folder.path().string() + " " + file + "*`");
    }));
}

}  // namespace
}  // namespace turnpike::worker
