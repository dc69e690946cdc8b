// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/load.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view secret_line = "auth.secrets = ['thirty-two random characters ...']\n";

Loaded read(std::string_view text, const Inputs& inputs = {}) {
    return load_text(text, "turnpike.toml", inputs);
}

// With a secret on the last line, so that nothing but what a test is about can be wrong.
Loaded read_with_secret(std::string_view text, const Inputs& inputs = {}) {
    return read(std::string{secret_line} + std::string{text}, inputs);
}

std::vector<std::string> lines(const Problems& problems) {
    std::vector<std::string> out;
    for (const Problem& each : problems) out.push_back(each.to_string());
    return out;
}

std::string source_of(const Loaded& loaded, std::string_view key) {
    const auto found =
        std::ranges::find(loaded.settings, key, [](const Setting& s) { return s.option->key; });
    REQUIRE(found != loaded.settings.end());
    return found->source;
}

// A file of its own that is gone afterwards.
class TemporaryFile {
public:
    TemporaryFile(std::string_view text, mode_t mode) {
        std::ofstream{path_} << text;
        REQUIRE(::chmod(path_.c_str(), mode) == 0);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    test::Folder folder_;
    std::filesystem::path path_ = folder_.path() / "turnpike.toml";
};

TEST_CASE("a file sets what it names and leaves the rest at the defaults") {
    const Loaded loaded = read(R"(
realm = "example.org"
[listen]
udp = ["192.0.2.1:3478"]
[relay]
addresses = ["192.0.2.1"]
external  = { "192.0.2.1" = "203.0.113.5" }
ports     = [50000, 50100]
channels  = "rfc8656"
[peers]
allow = ["10.20.0.0/16"]
[auth]
secrets = ["thirty-two random characters ...", { secret = "another thirty-two characters...", expired = "end" }]
[users]
alice = "password"
[limits]
session_seconds = 5400
[log]
level = "debug"
)");
    CHECK(lines(loaded.errors).empty());
    const Config& config = loaded.config;
    CHECK(config.realm == "example.org");
    CHECK(config.listen.udp == std::vector{protocol::Endpoint::parse("192.0.2.1:3478").value()});
    CHECK(config.listen.tcp.size() == 2);
    CHECK(config.relay.external.front().external.to_string() == "203.0.113.5");
    CHECK(config.relay.ports == PortRange{50000, 50100});
    CHECK(config.relay.channels == Channels::rfc8656);
    CHECK(config.peers.allow.front().prefix == 16);
    CHECK(config.auth.secrets.size() == 2);
    CHECK(config.auth.secrets[1].expired == Expired::end);
    CHECK(config.users == std::vector{User{"alice", "password"}});
    CHECK(config.limits.session == 5400s);
    CHECK(config.limits.allocations_per_user == 16);
    CHECK(config.limits.lifetime_max == 3600s);
    CHECK(config.log.level == LogLevel::debug);
    CHECK(config.server.software == "Turnpike");
    CHECK(source_of(loaded, "realm") == "turnpike.toml:2");
    CHECK(source_of(loaded, "relay.ports") == "turnpike.toml:8");
    CHECK(source_of(loaded, "server.workers").empty());
}

TEST_CASE("all problems of a file are reported, in the order of its lines, with suggestions") {
    const Loaded loaded = read_with_secret(R"(relm = "example.org"
[listen]
upd = ["0.0.0.0:3478"]
tcp = ["0.0.0.0"]
[limit]
bytes = 7
[relay]
ports = [60000, 50000]
[peers]
allow = ["10.0.0.1/8"]
[server]
workers = "many"
)");
    CHECK(lines(loaded.errors) ==
          std::vector<std::string>{
              "turnpike.toml:2: relm: unknown key; did you mean realm?",
              "turnpike.toml:4: listen.upd: unknown key; did you mean listen.udp?",
              "turnpike.toml:5: listen.tcp: \"0.0.0.0\" is no address with a port; write "
              "\"192.0.2.1:3478\" or \"[2001:db8::1]:3478\"",
              "turnpike.toml:6: [limit]: unknown section; did you mean limits?",
              "turnpike.toml:9: relay.ports: [60000, 50000] begins after its end; write [50000, "
              "60000]",
              "turnpike.toml:11: peers.allow: \"10.0.0.1/8\" is no CIDR block; write "
              "\"10.0.0.0/8\" or \"192.0.2.0/24:5000-6000\", with no bits set below the prefix",
              "turnpike.toml:13: server.workers: expected a whole number, found a string"});
}

TEST_CASE("what is no TOML is refused with its line") {
    const Loaded loaded = read("realm = \"example.org\"\nlisten = [\n");
    REQUIRE(loaded.errors.size() == 1);
    CHECK(loaded.errors.front().where == "turnpike.toml:2");
}

TEST_CASE("a section that is given as a value is refused") {
    CHECK(lines(read_with_secret("log = \"debug\"").errors) ==
          std::vector<std::string>{"turnpike.toml:2: log: is a section; write [log]"});
}

TEST_CASE("a rule between options names the line of the option that breaks it") {
    CHECK(lines(read_with_secret("[listen]\ntcp = [\"0.0.0.0:50000\"]").errors) ==
          std::vector<std::string>{
              "turnpike.toml:3: listen.tcp: port 50000 lies within relay.ports, 49152 to 65535; "
              "choose another port or narrow relay.ports"});
}

TEST_CASE("without users, secrets and a database there is nothing to start") {
    const Loaded loaded = read("realm = \"example.org\"\nstorage.url = \"\"");
    REQUIRE(loaded.errors.size() == 1);
    CHECK(loaded.errors.front().what.find("nobody could log in") != std::string::npos);
    CHECK(read("realm = \"example.org\"").errors.empty());
}

TEST_CASE("a spare secret is used where nothing else lets anybody in, and only there") {
    const Inputs inputs{.spare_secret = "thirty-two spare characters ...."};
    const Loaded spare = read("", inputs);
    CHECK(spare.ok());
    CHECK(spare.used_spare_secret);
    CHECK(spare.config.auth.secrets.front().secret == *inputs.spare_secret);
    CHECK_FALSE(read_with_secret("", inputs).used_spare_secret);
    CHECK_FALSE(read("[users]\nalice = \"password\"", inputs).used_spare_secret);
}

TEST_CASE("the command line wins over the environment, and the environment over the file") {
    const Inputs inputs{
        .environment = {{"TURNPIKE_REALM", "environment.example"},
                        {"TURNPIKE_SERVER_WORKERS", "3"},
                        {"TURNPIKE_PORT_3478_UDP", "tcp://10.0.0.1:3478"}},  // as Kubernetes does
        .assignments = {"realm=line.example", "log.level=error"}};
    const Loaded loaded = read_with_secret(
        "realm = \"file.example\"\nserver.workers = 2\nlog.format = \"json\"", inputs);
    CHECK(lines(loaded.errors).empty());
    CHECK(loaded.config.realm == "line.example");
    CHECK(loaded.config.server.workers == 3);
    CHECK(loaded.config.log.level == LogLevel::error);
    CHECK(loaded.config.log.format == LogFormat::json);
    CHECK(source_of(loaded, "realm") == "--set");
    CHECK(source_of(loaded, "server.workers") == "TURNPIKE_SERVER_WORKERS");
    CHECK(source_of(loaded, "log.format") == "turnpike.toml:4");
}

TEST_CASE("a shell need not quote strings, nor write brackets around lists") {
    const Loaded loaded =
        read("", {.environment = {{"TURNPIKE_AUTH_SECRETS", "thirty-two random characters ..."},
                                  {"TURNPIKE_USERS", "{ alice = \"password\" }"}},
                  .assignments = {"listen.udp=192.0.2.1:3478,[2001:db8::1]:3478",
                                  "listen.tcp=[\"192.0.2.1:3478\"]", "realm=\"quoted.example\"",
                                  "relay.ports=[50000, 50100]", "auth.password_algorithms=false",
                                  "limits.tcp_idle=5"}});
    CHECK(lines(loaded.errors).empty());
    CHECK(loaded.config.auth.secrets.front().secret == "thirty-two random characters ...");
    CHECK(loaded.config.users.front().name == "alice");
    CHECK(loaded.config.listen.udp.size() == 2);
    CHECK(loaded.config.listen.tcp.size() == 1);
    CHECK(loaded.config.realm == "quoted.example");
    CHECK(loaded.config.relay.ports == PortRange{50000, 50100});
    CHECK_FALSE(loaded.config.auth.password_algorithms);
    CHECK(loaded.config.limits.tcp_idle == 5s);
}

TEST_CASE("assignments are checked like everything else, and secrets do not belong there") {
    const Loaded loaded = read_with_secret(
        "", {.environment = {{"TURNPIKE_LOG_LEVEL", "loud"}},
             .assignments = {"realm", "relm=x", "server.workers=many", "auth.secrets=hush"}});
    CHECK(lines(loaded.errors) ==
          std::vector<std::string>{
              "TURNPIKE_LOG_LEVEL: log.level: \"loud\" is none of debug, info, warning, error",
              "--set: \"realm\": write key=value", "--set: relm: unknown key; did you mean realm?",
              "--set: server.workers: expected a whole number, found a string",
              "--set: auth.secrets: not here, where every user of this machine can read it; set it "
              "in the file or in the environment as TURNPIKE_AUTH_SECRETS"});
}

TEST_CASE("a file is read from disk, and one that cannot be read is an error that says why") {
    const TemporaryFile file{secret_line, 0640};
    const Loaded loaded = load({.file = file.path()});
    CHECK(lines(loaded.errors).empty());
    CHECK(lines(loaded.warnings).empty());
    CHECK(source_of(loaded, "auth.secrets") == file.path().string() + ":1");
    CHECK(lines(load({.file = "/nowhere/turnpike.toml", .spare_secret = "s"}).errors) ==
          std::vector<std::string>{
              "/nowhere/turnpike.toml: cannot be read: No such file or directory"});
    CHECK(lines(load({.file = "/tmp", .spare_secret = "s"}).errors) ==
          std::vector<std::string>{"/tmp: cannot be read: Is a directory"});
}

TEST_CASE("a file with secrets that everybody can read earns a warning") {
    const TemporaryFile with_secret{secret_line, 0644};
    const std::string name = with_secret.path().string();
    CHECK(lines(load({.file = with_secret.path()}).warnings) ==
          std::vector<std::string>{name +
                                   ": holds secrets and every user can read it; run `chmod "
                                   "640 " +
                                   name + "`"});
    const TemporaryFile of_nobody{"server.user = \"nobody\"\n" + std::string{secret_line}, 0644};
    CHECK_THAT(lines(load({.file = of_nobody.path()}).warnings).front(),
               Catch::Contains("run `chgrp ") && Catch::Contains(" && chmod 640 "));
    const TemporaryFile without{"realm = \"example.org\"", 0644};
    CHECK(load({.file = without.path(), .spare_secret = "thirty-two random characters ..."})
              .warnings.empty());
}

TEST_CASE("a file too large to be a configuration is refused before it is parsed") {
    const TemporaryFile file{std::string((1U << 20U) + 1, '#'), 0640};
    CHECK(load({.file = file.path(), .spare_secret = "s"}).errors.front().what ==
          "is no configuration: larger than a mebibyte");
}

TEST_CASE("for who needs [admin] alone a mistake beside it is a warning") {
    const TemporaryFile file{
        "realm = 7\n[limits]\nallocations_per_usr = 3\n[admin]\nlisten = '127.0.0.1:1'\n", 0600};
    const Inputs inputs{.file = file.path(),
                        .environment = {{"TURNPIKE_ADMIN_TOKEN", "sixteen letters!"},
                                        {"TURNPIKE_SERVER_WORKERS", "many"}},
                        .assignments = {"admin.listen=127.0.0.1:2", "realms=x"}};
    const Loaded broken = load(inputs);
    REQUIRE(broken.errors.size() == 4);
    const Loaded loaded = load_admin(inputs, broken);
    CHECK(loaded.ok());
    CHECK(loaded.warnings == broken.errors);
    CHECK(loaded.config.admin.listen == "127.0.0.1:2");
    CHECK(loaded.config.admin.token == "sixteen letters!");
}

TEST_CASE("[admin] is found in a file that is no TOML, and a mistake in it is one still") {
    const auto load_broken = [](std::string_view text) {
        const TemporaryFile file{text, 0600};
        const Inputs inputs{.file = file.path()};
        return load_admin(inputs, load(inputs));
    };
    const Loaded found = load_broken("realm = \n[admin]\ntoken = 'sixteen letters!'\n");
    CHECK(found.ok());
    CHECK(found.warnings.size() == 1);
    CHECK(found.config.admin.token == "sixteen letters!");
    const Loaded wrong = load_broken("realm = \n[admin]\ntokn = 'sixteen letters!'\n");
    REQUIRE(wrong.errors.size() == 1);
    CHECK(wrong.errors.front().where.ends_with("turnpike.toml:3"));
    CHECK(wrong.warnings.size() == 1);
    CHECK(load_broken("[admin]\ntoken = \n").errors.size() == 1);
    const Inputs nowhere{.file = "/nowhere/turnpike.toml"};
    CHECK(load_admin(nowhere, load(nowhere)).errors.size() == 1);
}

}  // namespace
}  // namespace turnpike::config
