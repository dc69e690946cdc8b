// SPDX-License-Identifier: BSD-3-Clause
#include "server/import_coturn.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike {
namespace {

constexpr std::string_view good =
    "realm=example.org\nuse-auth-secret\nstatic-auth-secret=thirty-two random characters\n";

struct Ended {
    ExitCode code;
    std::string out;
    std::string error;
};

struct Site {
    explicit Site(std::string_view text) { std::ofstream{conf} << text; }

    [[nodiscard]] Ended run(ImportCoturnCommand command, std::string_view input = {}) const {
        std::istringstream in{std::string{input}};
        std::ostringstream out;
        std::ostringstream error;
        if (command.file.empty()) command.file = conf;
        const ExitCode code = import_coturn(command, {in, out, error});
        return {code, out.str(), error.str()};
    }
    [[nodiscard]] static std::string read(const std::string& file) {
        std::ifstream stream{file};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }

    test::Folder folder;
    std::string conf = folder.file("turnserver.conf");
    std::string toml = folder.file("turnpike.toml");
};

TEST_CASE("a configuration goes to standard output and its report to standard error") {
    const Site site{good};
    const Ended ended = site.run({});
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.out.find("realm = \"example.org\"  # line 1\n") != std::string::npos);
    CHECK(ended.error.find(site.conf + ":1: maps: realm=example.org") != std::string::npos);
    CHECK(ended.error.find("thirty-two") == std::string::npos);
}

TEST_CASE("standard input is read where the file is a dash") {
    const Site site{""};
    const Ended ended = site.run({.file = "-", .output = {}, .report = {}}, good);
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.error.find("standard input:1: maps") != std::string::npos);
}

TEST_CASE("files are written for the owner and the group, and what exists stays without force") {
    const Site site{good};
    const std::string report = site.folder.file("report");
    const ImportCoturnCommand command{.file = site.conf, .output = site.toml, .report = report};
    CHECK(site.run(command).code == ExitCode::clean);
    struct stat status{};
    REQUIRE(::stat(site.toml.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0640);
    CHECK(Site::read(site.toml).find("thirty-two") != std::string::npos);
    CHECK(Site::read(report).find("realm=example.org") != std::string::npos);

    std::ofstream{site.toml} << "kept";
    const Ended refused = site.run(command);
    CHECK(refused.code == ExitCode::bad_usage);
    CHECK(refused.error.find("--force") != std::string::npos);
    CHECK(Site::read(site.toml) == "kept");

    ImportCoturnCommand forced = command;
    forced.force = true;
    CHECK(site.run(forced).code == ExitCode::clean);
    CHECK(Site::read(site.toml).find("thirty-two") != std::string::npos);
}

TEST_CASE("a file that is written over keeps its owner, its group and its mode") {
    const Site site{good};
    std::ofstream{site.toml} << std::string(10'000, 'x');
    REQUIRE(::chmod(site.toml.c_str(), 0664) == 0);
    // Only root can give it away; whose it is does not matter to the others.
    [[maybe_unused]] const int given = ::chown(site.toml.c_str(), 0, 65534);
    struct stat before{};
    REQUIRE(::stat(site.toml.c_str(), &before) == 0);
    const Ended ended =
        site.run({.file = site.conf, .output = site.toml, .report = std::nullopt, .force = true});
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.error.find("every user can read " + site.toml) != std::string::npos);
    CHECK(Site::read(site.toml).find("xxxx") == std::string::npos);
    struct stat after{};
    REQUIRE(::stat(site.toml.c_str(), &after) == 0);
    CHECK(after.st_mode == before.st_mode);
    CHECK(after.st_uid == before.st_uid);
    CHECK(after.st_gid == before.st_gid);
}

TEST_CASE("with an error nothing is written but the report") {
    const Site site{"realm=example.org\ntotal-quota=abc\n"};
    const Ended ended = site.run({.file = site.conf, .output = site.toml, .report = std::nullopt});
    CHECK(ended.code == ExitCode::bad_configuration);
    CHECK(ended.error.find(site.conf + ":2: error: total-quota=abc: no whole number\n") !=
          std::string::npos);
    CHECK(ended.error.find("no configuration was written") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(site.toml));
}

TEST_CASE("names and passwords that clients cannot send are errors of their users") {
    const Site site{"realm=example.org\nuser=anna:pass\x01word\n"};
    const Ended ended = site.run({});
    CHECK(ended.code == ExitCode::bad_configuration);
    CHECK(ended.out.empty());
    CHECK(ended.error.find("error: " + site.conf + ":2: users: the password of \"anna\"") !=
          std::string::npos);
}

TEST_CASE("a certificate that is not here is a warning: another machine may be meant") {
    const Site site{std::string{good} + "cert=turn.pem\npkey=turn.key\n"};
    const Ended ended = site.run({});
    CHECK(ended.code == ExitCode::clean);
    CHECK(ended.error.find("warning: " + site.conf + ":4: ") != std::string::npos);
    CHECK(ended.out.find(site.folder.file("turn.pem")) != std::string::npos);
}

TEST_CASE("a file that cannot be read, or written, is a failure of the system") {
    const Site site{good};
    CHECK_THROWS_AS(site.run({.file = site.folder.file("missing"), .output = {}, .report = {}}),
                    std::system_error);
    CHECK_THROWS_AS(site.run({.file = site.folder.path(), .output = {}, .report = {}}),
                    std::system_error);
    CHECK_THROWS_AS(
        site.run({.file = site.conf, .output = site.folder.file("no/such/folder"), .report = {}}),
        std::system_error);
}

TEST_CASE("a device may be written to, and keeps its rights") {
    const Site site{good};
    struct stat before{};
    REQUIRE(::stat("/dev/null", &before) == 0);
    CHECK(site.run({.file = site.conf, .output = {}, .report = "/dev/null"}).code ==
          ExitCode::clean);
    struct stat after{};
    REQUIRE(::stat("/dev/null", &after) == 0);
    CHECK(after.st_mode == before.st_mode);
}

}  // namespace
}  // namespace turnpike
