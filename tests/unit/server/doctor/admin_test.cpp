// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/admin.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::doctor {
namespace {

AdminFacts healthy() {
    return {.listen = "127.0.0.1:8478", .token_octets = 44, .who = "turnpike"};
}

Finding only(const AdminFacts& facts) {
    const auto findings = judge_admin(facts);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

TEST_CASE("an admin interface on loopback with a token is well, and so is none") {
    CHECK(only(healthy()) == well("admin interface", "127.0.0.1:8478, with a token"));
    CHECK(only({}).seen == "off (admin.listen)");
    AdminFacts facts = healthy();
    facts.token_octets = 0;
    CHECK(only(facts).grade == Grade::ok);
    CHECK(only(facts).seen.ends_with("only health and metrics answer"));
    facts.listen = "unix:/run/turnpike/admin.sock";
    CHECK(only(facts).grade == Grade::ok);
}

TEST_CASE("one that the network reaches is a warning, and so is a short token") {
    AdminFacts facts = healthy();
    facts.listen = "0.0.0.0:8478";
    CHECK(only(facts).grade == Grade::warning);
    CHECK(only(facts).seen == "0.0.0.0:8478 answers the network, unencrypted");
    facts.token_octets = 15;
    CHECK(judge_admin(facts).size() == 2);
}

TEST_CASE("a token file that is missing, unreadable or open to all is told of") {
    AdminFacts facts = healthy();
    facts.token_octets = 0;
    facts.token_file = "/etc/turnpike/token";
    facts.file_octets = 45;
    facts.file_mode = 0640;
    CHECK(only(facts).seen.ends_with("with a token"));
    facts.file_mode = 0644;
    facts.command = "chmod 640 /etc/turnpike/token";
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen ==
          "every user of this host can read /etc/turnpike/token: the server does not take it");
    CHECK(only(facts).advice == "`chmod 640 /etc/turnpike/token`, and make a new token");
    facts.file_mode = 0666;
    CHECK(only(facts).seen.starts_with("every user of this host can change"));
    facts.file_mode = 0641;
    CHECK(only(facts).seen.starts_with("every user of this host can execute"));
    facts.file_mode = 0600;
    facts.access = EACCES;
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen == "turnpike cannot read /etc/turnpike/token: Permission denied");
    facts.file_error = ENOENT;
    CHECK(only(facts).seen.ends_with("No such file or directory"));
}

TEST_CASE("what is gathered is what the file is, not what stands in it") {
    const test::Folder folder;
    config::Admin admin;
    admin.listen = "127.0.0.1:8478";
    admin.token = "x";
    admin.token_file = folder.file("token");
    CHECK(gather_admin(admin, std::nullopt).file_error == ENOENT);
    std::ofstream{admin.token_file} << "a token of some length";
    std::filesystem::permissions(admin.token_file, std::filesystem::perms{0604});
    const AdminFacts facts = gather_admin(admin, std::nullopt);
    CHECK(facts.file_mode == 0604);
    CHECK(facts.file_octets == 22);
    CHECK(facts.command == "chmod 640 " + admin.token_file);
    CHECK(facts.access == 0);
    CHECK(facts.token_octets == 1);
}

}  // namespace
}  // namespace turnpike::doctor
