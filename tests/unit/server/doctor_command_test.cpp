// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor_command.hpp"

#include <fstream>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike {
namespace {

struct Ended {
    ExitCode code;
    std::string out;
};

Ended doctor(std::string_view text, bool as_json = false) {
    const test::Folder folder;
    const std::string file = folder.file("turnpike.toml");
    std::ofstream{file} << text;
    std::ostringstream out;
    const ExitCode code = examine(
        DoctorCommand{
            .config = {.file = file, .assignments = {}}, .as_json = as_json, .may_start = false},
        out);
    return {code, out.str()};
}

// Nothing of this asks for more than loopback and a free port.
constexpr std::string_view good =
    "auth.secrets = ['thirty-two random characters ...']\n"
    "storage.url = ''\n"
    "admin.listen = ''\n"
    "listen.udp = ['127.0.0.1:34799']\n"
    "listen.tcp = []\n"
    "relay.addresses = ['127.0.0.1']\n";

TEST_CASE("what works ends cleanly, with a line for each check") {
    const Ended ended = doctor(good);
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.out.find("  ok    configuration") != std::string::npos);
    CHECK(ended.out.find("  warn  relay addresses") != std::string::npos);
    CHECK(ended.out.find("\n0 problems, ") != std::string::npos);
    CHECK(ended.out.find("thirty-two") == std::string::npos);
}

TEST_CASE("what does not work ends with its code, for a program too") {
    const Ended ended = doctor("relm = 'x'\n", true);
    CHECK(ended.code == ExitCode::bad_configuration);
    CHECK(ended.out.starts_with(R"({"works":false,"findings":[{"check":"configuration",)"));
    const Ended missing = doctor(std::string{good} +
                                 "admin.token_file = '/nowhere/token'\n"
                                 "discovery.addresses = ['203.0.113.1', '203.0.113.2']\n");
    CHECK(missing.code == ExitCode::bad_configuration);
    CHECK(missing.out.find("  FAIL  listeners") != std::string::npos);
}

}  // namespace
}  // namespace turnpike
