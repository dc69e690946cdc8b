// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/login_arguments.hpp"

#include <CLI/Error.hpp>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

TEST_CASE("the password in a file goes before that of the command line") {
    const test::Folder folder;
    std::ofstream{folder.file("password")} << "from the file\nand no more\n";
    LoginArguments arguments;
    arguments.user = "alice";
    arguments.password = "from the line";
    CHECK(arguments.login().password == "from the line");
    arguments.password_file = folder.file("password");
    CHECK(arguments.login().password == "from the file");
    CHECK(arguments.login_or_minted(1min).username == "alice");
}

TEST_CASE("without a user a login is minted from the secret, for as long as it is to last") {
    const test::Folder folder;
    std::ofstream{folder.file("secret")} << "a secret\n";
    LoginArguments arguments;
    CHECK(arguments.login().username.empty());
    CHECK_THROWS_AS(arguments.login_or_minted(1h), CLI::ValidationError);
    arguments.secret_file = folder.file("secret");
    const auto minted = arguments.login_or_minted(1h);
    CHECK(minted.username.ends_with(":turnpike-bench"));
    CHECK(minted.password.size() == 28);
}

TEST_CASE("a file that is empty or not there is said") {
    LoginArguments arguments;
    arguments.secret_file = "/nowhere";
    CHECK_THROWS_AS(arguments.secret(), CLI::ValidationError);
}

TEST_CASE("a command line is shown without its password") {
    const std::vector<std::string> words{"bench", "-u", "alice", "-p", "secret", "uri"};
    CHECK(without_password(words) == "bench -u alice -p *** uri");
    CHECK(without_password(std::vector<std::string>{"--password=secret", "-psecret", "--password",
                                                    "x"}) == "--password=*** -p*** --password ***");
}

TEST_CASE("trust is as the command line has it") {
    LoginArguments arguments;
    CHECK(arguments.trust().verify);
    arguments.insecure = true;
    arguments.authorities = "ca.pem";
    CHECK_FALSE(arguments.trust().verify);
    CHECK(arguments.trust().authorities == "ca.pem");
}

}  // namespace
}  // namespace turnpike::bench
