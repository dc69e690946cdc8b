// SPDX-License-Identifier: BSD-3-Clause
#include "server/app.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/config/reference.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike {
namespace {

struct Ended {
    ExitCode code;
    std::string out;
    std::string error;
};

Ended run_with(std::vector<std::string> arguments) {
    std::ostringstream out;
    std::ostringstream error;
    const ExitCode code = run(std::move(arguments), out, error);
    return {code, out.str(), error.str()};
}

// A configuration file that only its owner can read, gone afterwards.
struct File {
    explicit File(std::string_view text) {
        std::ofstream{path} << text;
        std::filesystem::permissions(path, std::filesystem::perms::owner_read);
    }

    test::Folder folder;
    std::string path = folder.file("turnpike.toml");
};

constexpr std::string_view good =
    "realm = 'example.org'\nauth.secrets = ['thirty-two random characters ...']\n";

TEST_CASE("a good configuration is printed and ends cleanly") {
    const File file{good};
    const Ended ended = run_with({"check-config", file.path});
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.out.find("realm = \"example.org\"  # " + file.path + ":1\n") != std::string::npos);
    CHECK(ended.out.find("thirty-two") == std::string::npos);
}

TEST_CASE("a bad configuration is refused with every problem, by check-config and serve alike") {
    const File file{"relm = 'example.org'\n[listen]\nudp = ['nonsense']\n"};
    for (const std::string command : {"check-config", "serve", "credentials"}) {
        const Ended ended = run_with({command, "--config", file.path});
        CHECK(ended.code == ExitCode::bad_configuration);
        CHECK(ended.out.empty());
        CHECK(ended.error.find("error: " + file.path +
                               ":1: relm: unknown key; did you mean "
                               "realm?\n") != std::string::npos);
        CHECK(ended.error.find(file.path + ":3: listen.udp: \"nonsense\" is no address") !=
              std::string::npos);
    }
}

TEST_CASE("a server that nobody could log in to is refused") {
    const File file{"realm = 'example.org'\nstorage.url = ''"};
    const Ended ended = run_with({"serve", "--config", file.path});
    CHECK(ended.code == ExitCode::bad_configuration);
    CHECK(ended.error.find("nobody could log in. Set auth.secrets") != std::string::npos);
}

TEST_CASE("credentials are one line of JSON and nothing else on standard output") {
    const File file{good};
    const Ended ended = run_with(
        {"credentials", "--config", file.path, "--host", "turn.example.org", "--user", "alice"});
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.out.starts_with(R"([{"urls":["turn:turn.example.org:3478?transport=udp",)"
                                R"("turn:turn.example.org:3478?transport=tcp"],"username":")"));
    CHECK(ended.out.find(":alice\",\"credential\":\"") != std::string::npos);
    CHECK(ended.out.ends_with("\"}]\n"));
    const Ended rest = run_with(
        {"credentials", "--config", file.path, "--host", "h", "--format", "uris", "--ttl", "2h"});
    CHECK(rest.out.find("\"ttl\":7200") != std::string::npos);
}

TEST_CASE("a credential that cannot be issued is an error that says why") {
    const File file{"[users]\nalice = 'password'"};
    const Ended ended = run_with({"credentials", "--config", file.path, "--user", "carol"});
    CHECK(ended.code == ExitCode::bad_configuration);
    CHECK(ended.error.starts_with("error: no user \"carol\""));
}

TEST_CASE("the lists of options and the sample file are printed whole") {
    CHECK(run_with({"options"}).out == config::reference());
    CHECK(run_with({"sample-config"}).out == config::sample_file());
    CHECK(run_with({"--version"}).code == ExitCode::clean);
    CHECK(run_with({"serves"}).code == ExitCode::bad_usage);
    CHECK_FALSE(run_with({"serves"}).error.empty());
}

}  // namespace
}  // namespace turnpike
