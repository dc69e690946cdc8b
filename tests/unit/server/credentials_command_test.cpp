// SPDX-License-Identifier: BSD-3-Clause
#include "server/credentials_command.hpp"

#include <fstream>
#include <sstream>

#include "tests/support/admin_server.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;

// A server that runs, and a file that has another secret and another port than it: so what came
// from where is seen.
struct Scenario {
    explicit Scenario(const std::string& token = test::admin_token) {
        std::ofstream{file()}
            << "realm = 'example.org'\nstorage.url = ''\nauth.secrets = ['file']\n"
               "listen.udp = ['198.51.100.9:3479']\n[users]\nalice = 'sesame'\n"
               "[admin]\nlisten = 'unix:"
            << server.path() << "'\ntoken = '" << token << "'\n";
    }
    struct Ended {
        ExitCode code;
        std::string out;
        std::string error;
    };
    [[nodiscard]] Ended operator()(CredentialsCommand command) const {
        command.config.file = file().string();
        if (command.lifetime == 0s) command.lifetime = 2h;
        std::istringstream in;
        std::ostringstream out;
        std::ostringstream error;
        const ExitCode code = operate(command, {in, out, error});
        return {code, out.str(), error.str()};
    }
    [[nodiscard]] std::filesystem::path file() const { return folder.path() / "turnpike.toml"; }

    test::Folder folder;
    test::AdminServer server;
};

TEST_CASE("a running server mints with what it has, and it reads as the file's would") {
    const Scenario credentials;
    const auto entry = credentials({.user = "bob", .call = "c-1"});
    CHECK(entry.code == ExitCode::clean);
    CHECK(entry.out.starts_with(R"([{"urls":["turn:192.0.2.1:3478?transport=udp"],"username":")"));
    CHECK(entry.out.find(":bob:c-1\",\"credential\":\"") != std::string::npos);
    const auto rest = credentials({.as_uris = true});
    CHECK(rest.out.find("\"ttl\":7200") != std::string::npos);
    CHECK(rest.out.find("turn:192.0.2.1:3478") != std::string::npos);
}

TEST_CASE("what only the file knows is answered from the file") {
    const Scenario credentials;
    const auto fixed = credentials({.user = "alice"});
    CHECK(fixed.out.find("198.51.100.9:3479") != std::string::npos);
    CHECK(fixed.out.find("\"credential\":\"sesame\"") != std::string::npos);
    CHECK(credentials({.host = "turn.example.org"}).out.find("turn:turn.example.org:3479") !=
          std::string::npos);
}

TEST_CASE("a server that refuses is believed, and one that does not run is done without") {
    const Scenario wrong{"another token"};
    const auto refused = wrong({.user = "bob"});
    CHECK(refused.code == ExitCode::bad_configuration);
    CHECK(refused.out.empty());
    CHECK(refused.error.find("take the token of admin.token") != std::string::npos);
    const Scenario credentials;
    std::filesystem::remove(credentials.server.path());
    CHECK(credentials({.user = "bob"}).out.find("198.51.100.9:3479") != std::string::npos);
}

}  // namespace
}  // namespace turnpike
