// SPDX-License-Identifier: BSD-3-Clause
//
// Whole files: those of tests/coturn/, as sites have them.
#include "server/coturn/import.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;
using test::joined;

std::string sample(std::string_view name) {
    std::ifstream file{"tests/coturn/" + std::string{name} + ".conf"};
    REQUIRE(file);
    return {std::istreambuf_iterator<char>{file}, {}};
}

CoturnImport import_sample(std::string_view name) {
    return CoturnImport{sample(name), {"10.1.1.5"}};
}

std::set<std::string> sample_names() {
    std::set<std::string> names;
    for (const auto& each : std::filesystem::directory_iterator{"tests/coturn"}) {
        if (each.path().extension() == ".conf") names.insert(each.path().stem());
    }
    return names;
}

TEST_CASE("each line of each sample has one verdict, whatever it holds") {
    const auto names = sample_names();
    CHECK(names.size() >= 12);
    for (const std::string& name : names) {
        INFO(name);
        const std::string text = sample(name);
        const Lines lines = read_lines(text);
        const CoturnImport import{text};
        std::vector<std::size_t> expected;
        for (const Setting& each : lines.settings) expected.push_back(each.line);
        CHECK(import.lines == expected);
        CHECK(import.imported.others == lines.others);
    }
}

TEST_CASE("each sample but the bad one becomes a configuration that loads") {
    for (const std::string& name : sample_names()) {
        INFO(name);
        const CoturnImport import = import_sample(name);
        INFO(report(import.imported, name));
        CHECK(import.imported.ok() == (name != "bad_values"));
        if (import.imported.ok()) CHECK_NOTHROW(import.config());
    }
}

TEST_CASE("no secret of any sample is in its report") {
    for (const std::string& name : sample_names()) {
        const CoturnImport import = import_sample(name);
        const std::string said = report(import.imported, name);
        for (const char* secret : {"jitsi-shared",
                                   "synapse-8J",
                                   "talk-Zk",
                                   "bbb_5e",
                                   "swordfish",
                                   "AwsPassw0rd",
                                   "opensesame",
                                   "quoted:and",
                                   "second-password",
                                   "9f6e6800",
                                   "bc807ee2",
                                   "telnet-console",
                                   "redis-userdb-secret",
                                   "psql-userdb-secret",
                                   "redis-stats-secret",
                                   "november-Qw",
                                   "december-Zx",
                                   "never-show",
                                   "misspelt-secret",
                                   "only-a-name",
                                   "1234",
                                   "lists-Yh"}) {
            INFO(name << " " << secret);
            CHECK(said.find(secret) == std::string::npos);
        }
    }
}

TEST_CASE("every option that Debian's turnserver knows is known") {
    const CoturnImport import = import_sample("every_option");
    CHECK(import.imported.verdicts.size() == 111);
    CHECK(import.imported.count(Outcome::unknown) == 0);
    CHECK(import.imported.count(Outcome::wrong) == 0);
}

TEST_CASE("Jitsi: logins of the shared secret, and the one private bridge stays open") {
    const CoturnImport import = import_sample("jitsi");
    const auto config = import.config();
    CHECK(config.realm == "meet.example.org");
    CHECK(config.auth.secrets.front().secret == "jitsi-shared-0aF93kd7Q2mB");
    CHECK(joined(config.peers.allow) == "192.168.44.10/32");
    CHECK(joined(config.peers.deny) ==
          "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 "
          "192.168.0.0/16 240.0.0.0/4");
    CHECK(config.listen.tcp.empty());
    CHECK(joined(config.listen.tls) == "0.0.0.0:5349 [::]:5349");
    CHECK_FALSE(config.relay.tcp);
}

TEST_CASE("Synapse: denied ranges of IPv6 are blocks, and the server's own address is allowed") {
    const auto config = import_sample("synapse").config();
    CHECK(joined(config.peers.deny) ==
          "0.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.88.99.0/24 ::1/128 64:ff9b::/96 2001::/23 "
          "fc00::/7 fe80::/10");
    CHECK(joined(config.peers.allow) == "10.0.0.1/32");
    CHECK(config.limits.allocations_per_user == 12);
    CHECK(joined(config.listen.automatic) == "0.0.0.0:3478 [::]:3478 0.0.0.0:5349 [::]:5349");
}

TEST_CASE("Nextcloud Talk: turn: and turns: stay on one port") {
    const auto config = import_sample("nextcloud_talk").config();
    CHECK(joined(config.listen.automatic) == "0.0.0.0:443 [::]:443");
    CHECK(config.auth.nonce_lifetime == std::chrono::seconds{600});
}

TEST_CASE("BigBlueButton: TLS on 443, and an external address that is the host's own") {
    const CoturnImport import = import_sample("bigbluebutton");
    const auto config = import.config();
    CHECK(joined(config.listen.tls) == "198.51.100.10:443");
    CHECK(joined(config.listen.udp) == "198.51.100.10:3478");
    CHECK(config.listen.dtls.empty());
    CHECK(config.relay.external.empty());
    CHECK(config.relay.ports == config::PortRange{32769, 65535});
}

TEST_CASE("Docker: the arguments of a container are taken") {
    const auto config = import_sample("docker").config();
    CHECK(config.users == std::vector<config::User>{{"webrtc", "swordfish-in-the-container"}});
    CHECK(config.relay.ports == config::PortRange{49160, 49200});
    CHECK(config.admin.listen == "127.0.0.1:9641");
}

TEST_CASE("AWS: two interfaces behind 1:1 NAT") {
    const auto config = import_sample("aws").config();
    REQUIRE(config.relay.external.size() == 2);
    CHECK(config.relay.external[0].external.to_string() == "203.0.113.20");
    CHECK(joined(config.peers.allow) == "172.31.9.20/31");
    CHECK(config.limits.bits_per_second == 5'120'000);
    CHECK(config.relay.mobility);
    CHECK(config.server.workers == 4);
    CHECK(config.server.software.empty());
}

TEST_CASE("a server of TLS alone, a password with colons, and a passphrase that has no equal") {
    const CoturnImport import = import_sample("tls_only");
    const auto config = import.config();
    CHECK(joined(config.listen.tls) == "192.0.2.44:443");
    CHECK(config.listen.udp.empty());
    CHECK(config.listen.certificate == "/etc/certs/turn.pem");
    CHECK(config.users == std::vector<config::User>{{"kiosk", "\"quoted:and with colon\""}});
    CHECK(import.outcome(9) == Outcome::no_equal);
}

TEST_CASE("fixed users: the last password, and keys for the database") {
    const CoturnImport import = import_sample("fixed_users");
    const auto config = import.config();
    CHECK(config.users.size() == 2);
    CHECK(import.outcome(1) == Outcome::unknown);
    CHECK(import.holds(
        "VALUES ('office.example.org', 'o''hara', x'bc807ee29df3c9ffa736523fb2c4e8ee');"));
    CHECK(joined(config.peers.allow) == "::1/128");
}

TEST_CASE("databases: the last one, and a pool of servers") {
    const CoturnImport import = import_sample("databases");
    const auto config = import.config();
    CHECK(config.storage.url ==
          "host=10.9.0.2 dbname=coturn user=turn password=psql-userdb-secret connect_timeout=30");
    REQUIRE(config.redirect.servers.size() == 3);
    CHECK(config.redirect.servers[0].weight == 2);
    CHECK(config.auth.access_token_server_name == "as.pool.example.org");
}

TEST_CASE("rotated secrets: both, once each, and flags that are off") {
    const CoturnImport import = import_sample("rotated_secrets");
    const auto config = import.config();
    CHECK(config.auth.secrets.size() == 2);
    CHECK(config.log.level == config::LogLevel::debug);
    REQUIRE(config.relay.external.size() == 1);
    CHECK(config.relay.external[0].relay.to_string() == "10.1.1.5");
}

TEST_CASE("everything denied but a few") {
    const auto config = import_sample("deny_lists").config();
    CHECK(joined(config.peers.deny) == "0.0.0.0/0 ::/0");
    CHECK(joined(config.peers.allow) ==
          "10.20.0.5/32 10.20.0.6/31 10.20.0.8/31 192.168.7.0/24 126.255.255.254/31 128.0.0.0/31 "
          "fd20::5/128 fd20::6/128");
}

TEST_CASE("bad values are errors with their lines, and nothing is loaded") {
    const CoturnImport import = import_sample("bad_values");
    const std::string said = report(import.imported, "turnserver.conf");
    CHECK(said.find("turnserver.conf:4: error: total-quota=abc: no whole number\n") !=
          std::string::npos);
    CHECK(import.imported.count(Outcome::wrong) == 10);
    CHECK(import.imported.errors.empty());
}

TEST_CASE("what only the whole shows is said where its line is") {
    const CoturnImport import{"\nmin-port=2000\n"};
    REQUIRE(import.imported.errors.size() >= 1);
    CHECK(import.imported.errors[0].what.find("relay.ports") != std::string::npos);
    CHECK_FALSE(import.imported.ok());
    const CoturnImport secret{"realm=x\nstatic-auth-secret=short\n"};
    REQUIRE(secret.imported.warnings.size() == 1);
    CHECK(secret.imported.warnings[0].where == "turnserver.conf:2");
}

TEST_CASE("a problem is shown at the line that its setting came from") {
    const std::string_view toml =
        "# x\nrealm = \"y\"  # line 7\n[peers]\ndeny = [\n    \"a\",  # line 9\n";
    const auto where = [&](std::string text) {
        return at_origin({std::move(text), "what"}, toml, "f").where;
    };
    CHECK(where("turnpike.toml:2") == "f:7");
    CHECK(where("turnpike.toml:4") == "f:9");
    CHECK(where("turnpike.toml:1") == "f:7");
    CHECK(where("turnpike.toml:6").empty());
    CHECK(where("turnpike.toml:0").empty());
    CHECK(where("").empty());
}

TEST_CASE("a file that is too large, or becomes so, is refused") {
    const CoturnImport large{std::string((1U << 20U) + 1, '#')};
    CHECK_FALSE(large.imported.ok());
    std::string text;
    for (int index = 0; index < 20'000; ++index) {
        text += "user=user-number-" + std::to_string(index) + ":password-of-it-000000\n";
    }
    const CoturnImport grown{text.substr(0, 1U << 20U)};
    CHECK_FALSE(grown.imported.ok());
}

TEST_CASE("the report ends with how many there were of each") {
    const CoturnImport import{
        "# one\nrealm=x\nlt-cred-mech\ncli-port=1\nbogus\nuser=a:0x1\nmax-bps=8\n"};
    const std::string said = report(import.imported, "turnserver.conf");
    CHECK(
        said.ends_with("7 lines: 2 maps, 1 changed, 1 no equal, 0 unused, 1 unknown, 1 error, "
                       "1 comments or empty\n"));
    CHECK(said.starts_with("turnserver.conf:2: maps: realm=x: realm = \"x\"\n"));
}

}  // namespace
}  // namespace turnpike::coturn
