// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/account.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::doctor {
namespace {

TEST_CASE("an account has its user's groups, and a stranger has none") {
    const auto root = find_account("root");
    REQUIRE(root);
    CHECK(root->user == 0);
    CHECK(std::ranges::find(root->groups, root->group) != root->groups.end());
    CHECK_FALSE(find_account("nobody-has-this-name"));
}

TEST_CASE("a process belongs to somebody, until it is gone") {
    const auto mine = account_of(::getpid());
    REQUIRE(mine);
    CHECK(mine->user == ::geteuid());
    CHECK_FALSE(account_of(0));
}

TEST_CASE("what somebody else may do with a file is asked of the kernel, where we are root") {
    const test::Folder folder;
    const std::string file = folder.file("secret");
    std::ofstream{file} << "text";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    const auto nobody = find_account("nobody");
    REQUIRE(nobody);
    const bool is_root = ::geteuid() == 0;
    CHECK(access_as(nobody, file, R_OK) == (is_root ? std::optional{EACCES} : std::nullopt));
    CHECK(access_as(nobody, folder.path(), W_OK | X_OK) ==
          (is_root ? std::optional{0} : std::nullopt));
    CHECK(access_as(std::nullopt, file, R_OK) == 0);
    CHECK(access_as(account_of(::getpid()), file, R_OK) == 0);
    CHECK(access_as(std::nullopt, folder.file("none"), R_OK) == ENOENT);
}

}  // namespace
}  // namespace turnpike::doctor
