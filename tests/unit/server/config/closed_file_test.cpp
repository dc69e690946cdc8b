// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/closed_file.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::config {
namespace {

std::string written(const test::Folder& folder) {
    std::ofstream{folder.file("a.toml")} << "x";
    return folder.file("a.toml");
}

std::string group_of_nobody() {
    const passwd* nobody = ::getpwnam("nobody");
    REQUIRE(nobody != nullptr);
    const group* found = ::getgrgid(nobody->pw_gid);
    REQUIRE(found != nullptr);
    return found->gr_name;
}

TEST_CASE("any right of others leaves a file open") {
    STATIC_REQUIRE_FALSE(is_open_to_others(0660));
    STATIC_REQUIRE_FALSE(is_open_to_others(0400));
    STATIC_REQUIRE(is_open_to_others(0644));
    STATIC_REQUIRE(is_open_to_others(0602));
    STATIC_REQUIRE(is_open_to_others(0601));
}

TEST_CASE("a file that nobody else has to read loses the right of others alone") {
    const test::Folder folder;
    const std::string file = written(folder);
    CHECK(command_to_close(file, "") == "chmod 640 " + file);
    CHECK(command_to_close(file, "nobody-has-this-name") == "chmod 640 " + file);
    CHECK(command_to_close("/nowhere/a.toml", "nobody") == "chmod 640 /nowhere/a.toml");
}

TEST_CASE("the group of the server's user gets it first, unless it has it") {
    const test::Folder folder;
    const std::string file = written(folder);
    const std::string group = group_of_nobody();
    CHECK(command_to_close(file, "nobody") ==
          "chgrp " + group + " " + file + " && chmod 640 " + file);
    const passwd* nobody = ::getpwnam("nobody");
    if (::chown(file.c_str(), static_cast<uid_t>(-1), nobody->pw_gid) != 0)
        return;  // as root alone
    CHECK(command_to_close(file, "nobody") == "chmod 640 " + file);
}

TEST_CASE("the group of a folder says whose its files are") {
    const test::Folder folder;
    const std::string file = written(folder);
    const passwd* nobody = ::getpwnam("nobody");
    REQUIRE(nobody != nullptr);
    if (::chown(folder.path().c_str(), static_cast<uid_t>(-1), nobody->pw_gid) != 0) return;
    CHECK(command_to_close(file, "") ==
          "chgrp " + group_of_nobody() + " " + file + " && chmod 640 " + file);
}

}  // namespace
}  // namespace turnpike::config
