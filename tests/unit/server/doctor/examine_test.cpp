// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/examine.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "server/doctor/report.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::doctor {
namespace {

using protocol::Endpoint;

config::Loaded loaded(const config::Config& config) {
    config::Loaded result;
    result.config = config;
    return result;
}

bool tells(const Findings& findings, std::string_view check, std::string_view words) {
    return std::ranges::any_of(findings, [&](const Finding& each) {
        return each.check == check && each.seen.find(words) != std::string::npos;
    });
}

// Free ports of this process's own loopback address.
config::Config quiet_config() {
    config::Config config = test::loopback_config();
    config.listen.udp = {{test::own_loopback(7), 3478}};
    config.listen.tcp.clear();
    return config;
}

TEST_CASE("a configuration with errors is examined no further") {
    config::Loaded bad = loaded(quiet_config());
    bad.errors.push_back({"a.toml:1", "relm: unknown key"});
    const config::Surroundings around;
    CHECK(examine(bad, {.name = "a.toml", .around = around}) ==
          Findings{{.grade = Grade::problem,
                    .check = "configuration",
                    .seen = "a.toml:1: relm: unknown key"}});
}

TEST_CASE("every check is made, and a server is started where none runs") {
    const config::Surroundings around;
    const auto findings = examine(loaded(quiet_config()), {.name = "a.toml", .around = around});
    INFO(json(findings));
    CHECK_FALSE(has_problem(findings));
    for (const std::string_view check :
         {"configuration", "listeners", "relay addresses", "relay ports", "descriptors",
          "socket buffers", "certificates", "clock", "database", "journal", "admin interface",
          "kernel", "kernel relay", "relay"}) {
        INFO(check);
        CHECK(std::ranges::count(findings, check, &Finding::check) >= 1);
    }
    CHECK(tells(findings, "relay", "no server runs here; one was started"));
    CHECK(tells(findings, "relay", "relayed packet"));
    const auto modest =
        examine(loaded(quiet_config()), {.name = "a.toml", .around = around, .may_start = false});
    CHECK(tells(modest, "relay", "no server runs here, so nothing was relayed"));
}

TEST_CASE("a server that runs is the one that is asked, with a login of the configuration") {
    config::Config config = quiet_config();
    const test::RunningServer server{config};
    const config::Surroundings around;
    const auto findings = examine(loaded(config), {.name = "a.toml", .around = around});
    INFO(json(findings));
    CHECK_FALSE(has_problem(findings));
    CHECK(tells(findings, "listeners", "served by the server that runs here"));
    CHECK(tells(findings, "relay", "relayed packet"));
    CHECK(server.count(telemetry::Counter::allocations_made) == 1);
    // Its secret was made for that run only, and is not ours.
    config::Loaded spare = loaded(config);
    spare.used_spare_secret = true;
    CHECK(tells(examine(spare, {.name = "", .around = around}), "relay", "no login is known"));
}

TEST_CASE("where nothing can listen nothing is relayed, and the listeners say why") {
    config::Config config = quiet_config();
    config.listen.udp.push_back(*Endpoint::parse("203.0.113.1:3478"));
    const config::Surroundings around;
    const auto findings = examine(loaded(config), {.name = "", .around = around});
    CHECK(tells(findings, "listeners", "is no address of this host"));
    CHECK(tells(findings, "relay", "none can start"));
}

TEST_CASE("a user that this system does not have is a problem") {
    config::Config config = quiet_config();
    config.server.user = "nobody-has-this-name";
    const config::Surroundings around;
    const auto findings = examine(loaded(config), {.name = "", .around = around});
    CHECK(tells(findings, "user", "no user nobody-has-this-name"));
}

TEST_CASE("a configuration that the server's user cannot read is a problem, where root asks") {
    const test::Folder folder;
    const std::string file = folder.file("a.toml");
    std::ofstream{file} << "x";
    std::filesystem::permissions(file, std::filesystem::perms{0600});
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
    config::Config config = quiet_config();
    config.server.user = "nobody";
    const config::Surroundings around;
    const Wishes wishes{.name = file, .around = around, .may_start = false, .file = file};
    const bool is_root = ::geteuid() == 0;  // nobody else can find out
    CHECK(tells(examine(loaded(config), wishes), "user", "nobody cannot read " + file) == is_root);
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    CHECK_FALSE(tells(examine(loaded(config), wishes), "user", "cannot read"));
}

TEST_CASE("at the start only what is the matter is told, and not what has been told already") {
    const test::CertificateFolder folder;
    const auto [certificate, key] =
        folder.issue("old", {.from = -std::chrono::hours{48}, .until = -std::chrono::hours{24}});
    config::Config config = quiet_config();
    config.listen.tls = {{test::own_loopback(7), 5349}};
    config.listen.certificate = certificate;
    config.listen.private_key = key;
    config.server.hostname = "another.example.org";
    config.admin.token_file = folder.file("none");
    config.admin.listen = "127.0.0.1:8478";
    const auto findings = examine_at_start(loaded(config));
    CHECK(std::ranges::count(findings, Grade::ok, &Finding::grade) == 0);
    CHECK(tells(findings, "certificates", "no certificate is for another.example.org"));
    CHECK(tells(findings, "admin interface", "cannot read"));
    CHECK(tells(findings, "relay addresses", "from this host alone"));
    CHECK_FALSE(tells(findings, "certificates", "expired"));
}

TEST_CASE("a server that is ready asks its database, and tells what is the matter alone") {
    const test::Folder folder;
    config::Config config = quiet_config();
    CHECK(examine_when_ready(config).empty());
    std::ofstream{folder.file("text")} << std::string(4096, 'x');
    config.storage.url = "sqlite:" + folder.file("text");
    const auto findings = examine_when_ready(config);
    CHECK(findings.size() == 1);
    CHECK(tells(findings, "database", folder.file("text")));
}

}  // namespace
}  // namespace turnpike::doctor
