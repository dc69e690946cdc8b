// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/validate.hpp"

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

// The defaults with one good secret, from which each test departs.
Config good() {
    return load_text("", "", {.spare_secret = "thirty-two random characters ..."}).config;
}

protocol::IpAddress address(std::string_view text) {
    return protocol::IpAddress::parse(text).value();
}

// The one finding that a config has.
Finding finding_of(const Config& config, const Surroundings& around = {}) {
    const auto findings = validate(config, around);
    REQUIRE(findings.size() == 1);
    return findings.front();
}

TEST_CASE("the defaults with a secret are good") {
    CHECK(validate(good(), {}).empty());
}

TEST_CASE("without users and secrets there has to be a database") {
    Config config = good();
    config.auth.secrets.clear();
    CHECK(finding_of(config).severity == Severity::warning);
    config.storage.url.clear();
    const Finding finding = finding_of(config);
    CHECK(finding.severity == Severity::error);
    CHECK(finding.what ==
          "no users, no secrets and no database: nobody could log in. Set auth.secrets = [\"...\"] "
          "(`openssl rand -base64 32` makes one), or a user: [users] alice = \"...\"");
    config.users.push_back({"alice", "password"});
    CHECK(validate(config, {}).empty());
}

TEST_CASE("a database is SQLite's file or PostgreSQL's URL") {
    const auto with = [](std::string url) {
        Config config = good();
        config.storage.url = std::move(url);
        return validate(config, {});
    };
    for (const char* url : {"", "sqlite:/a/file.db", "postgresql://site@db1,db2/site",
                            "postgres://db/site", "host=/run/postgresql dbname=site",
                            "postgresql://site:p%2Fq@db/site", "postgresql://db/site?user=a@b"}) {
        INFO(url);
        CHECK(with(url).empty());
    }
    for (const char* url : {"sqlite:", "mysql://db/site", "mysql://db/site?a=b", "turnpike.db"}) {
        INFO(url);
        const auto findings = with(url);
        REQUIRE(findings.size() == 1);
        CHECK(findings.front().key == "storage.url");
        CHECK(findings.front().what.find("sqlite:FILE") != std::string::npos);
    }
}

TEST_CASE("a password that a URL would be broken by is refused, and not told") {
    Config config = good();
    config.storage.url = "postgresql://site:ses/ame@db/site";
    const Finding finding = finding_of(config);
    CHECK(finding.severity == Severity::error);
    CHECK(finding.key == "storage.url");
    CHECK(finding.what.find("%2F") != std::string::npos);
    CHECK(finding.what.find("ses") == std::string::npos);
}

TEST_CASE("keys for access tokens close the relay too, each under an id of its own", "[B52]") {
    Config config = good();
    config.auth.secrets.clear();
    config.auth.access_tokens.resize(1);
    config.auth.access_tokens.front().id = "north";
    CHECK(validate(config, {}).empty());
    config.auth.access_tokens.push_back(config.auth.access_tokens.front());
    CHECK(finding_of(config).what == "auth.access_tokens: the id \"north\" stands there twice");
}

TEST_CASE("clients are redirected only where there is a server to go to", "[D18]") {
    Config config = good();
    config.redirect.mode = RedirectMode::always;
    CHECK(finding_of(config).what ==
          "redirect.servers: no server to send clients to; write [{ address = "
          "\"192.0.2.9:3478\" }], or set redirect.mode = \"off\"");
    config.redirect.servers.resize(1);
    CHECK(validate(config, {}).empty());
    config.redirect.mode = RedirectMode::overload;
    CHECK(finding_of(config).what == "redirect.allocations: say how many allocations are overload");
    config.redirect.allocations = 1;
    CHECK(validate(config, {}).empty());
}

TEST_CASE("the name of the server is a name", "[R6]") {
    Config config = good();
    config.server.hostname = "turn.example.org";
    CHECK(validate(config, {}).empty());
    config.server.hostname =
        GENERATE("192.0.2.1", "[2001:db8::1]", "turn example", "turn.org:3478", "https://turn.org");
    CHECK(finding_of(config).key == "server.hostname");
}

TEST_CASE("a secret that can be guessed earns a warning that does not show it") {
    Config config = good();
    config.auth.secrets.push_back({"hush", {}});
    const Finding finding = finding_of(config);
    CHECK(finding.severity == Severity::warning);
    CHECK(finding.what.find("hush") == std::string::npos);
}

TEST_CASE("a server that listens nowhere, or twice at one place, is refused") {
    Config config = good();
    config.listen.udp.push_back(config.listen.udp.front());
    CHECK(finding_of(config).what == "listen.udp: 0.0.0.0:3478 stands there twice");
    config.listen.udp.clear();
    CHECK(validate(config, {}).empty());  // TCP alone is enough
    config.listen.tcp.clear();
    CHECK(finding_of(config).key == "listen.udp");
}

TEST_CASE("what listens for TLS needs a certificate with its key") {
    Config config = good();
    const auto somewhere = std::vector{protocol::Endpoint::parse("0.0.0.0:5349").value()};
    config.listen.tls = somewhere;
    CHECK(finding_of(config).key == "listen.tls");
    CHECK(finding_of(config).what ==
          "listen.tls: needs a certificate: set listen.certificate and listen.private_key");
    config.listen.certificate = "cert.pem";
    CHECK(finding_of(config).what ==
          "listen.certificate: needs its private_key: set listen.private_key");
    config.listen.private_key = "key.pem";
    CHECK(validate(config, {}).empty());
    config.listen.dtls = somewhere;
    config.listen.automatic = {protocol::Endpoint::parse("0.0.0.0:443").value()};
    CHECK(validate(config, {}).empty());
    config.listen.certificate.clear();
    CHECK(validate(config, {}).size() == 4);
    CHECK(validate(config, {}).back().what ==
          "listen.private_key: needs its certificate: set listen.certificate");
}

TEST_CASE("one port takes one kind of stream and one kind of datagram") {
    Config config = good();
    config.listen.certificate = "cert.pem";
    config.listen.private_key = "key.pem";
    config.listen.tls = {config.listen.tcp.front()};
    CHECK(finding_of(config).what ==
          "listen.tls: 0.0.0.0:3478 stands in listen.tcp too; leave it out of one of them");
    config.listen.tls.clear();
    config.listen.dtls = {config.listen.udp.front()};
    CHECK(finding_of(config).key == "listen.dtls");
    config.listen.dtls.clear();
    config.listen.automatic = {config.listen.udp.front()};
    CHECK(validate(config, {}).size() == 2);
    config.listen.udp.clear();
    config.listen.tcp.clear();
    CHECK(validate(config, {}).empty());
    config.listen.automatic = {protocol::Endpoint::parse("0.0.0.0:50000").value()};
    CHECK(finding_of(config).key == "listen.auto");
}

TEST_CASE("a listening port among the relayed ones is refused") {
    Config config = good();
    config.listen.tcp = {protocol::Endpoint::parse("192.0.2.1:50000").value()};
    const Finding finding = finding_of(config);
    CHECK(finding.severity == Severity::error);
    CHECK(finding.key == "listen.tcp");
    CHECK(finding.what ==
          "listen.tcp: port 50000 lies within relay.ports, 49152 to 65535; choose another port or "
          "narrow relay.ports");
}

TEST_CASE("NAT discovery takes two addresses of one family and two free ports", "[O1]") {
    Config config = good();
    config.discovery.addresses = {address("192.0.2.1"), address("192.0.2.2")};
    CHECK(validate(config, {}).empty());
    for (const auto& addresses : std::vector<std::vector<protocol::IpAddress>>{
             {address("192.0.2.1")},
             {address("192.0.2.1"), address("192.0.2.1")},
             {address("192.0.2.1"), address("2001:db8::1")},
             {address("192.0.2.1"), address("192.0.2.2"), address("192.0.2.3")}}) {
        config.discovery.addresses = addresses;
        CHECK(finding_of(config).key == "discovery.addresses");
    }
    config.discovery.addresses = {address("192.0.2.1"), address("192.0.2.2")};
    config.discovery.ports = {3478, 3478};
    CHECK(finding_of(config).key == "discovery.ports");
    config.discovery.ports = {3478, 50000};
    CHECK(finding_of(config).what ==
          "discovery.ports: port 50000 lies within relay.ports, 49152 to 65535");
}

TEST_CASE("a relay without IPv4 earns a warning, because clients ask for it by default") {
    Config config = good();
    config.relay.addresses = {address("2001:db8::5")};
    CHECK(finding_of(config).severity == Severity::warning);
    config.relay.addresses.push_back(address("203.0.113.5"));
    CHECK(validate(config, {}).empty());
}

TEST_CASE("external addresses pair addresses of this host with public ones of their family") {
    Config config = good();
    config.relay.external = {{address("10.0.0.5"), address("2001:db8::5")}};
    CHECK(finding_of(config).what ==
          "relay.external: 10.0.0.5 and 2001:db8::5 are of different families");
    config.relay.external = {{address("203.0.113.5"), address("10.0.0.5")}};
    config.relay.addresses = {address("10.0.0.5")};
    CHECK(finding_of(config).what ==
          "relay.external: 203.0.113.5 is none of relay.addresses; the address of this host stands "
          "on the left, the public one on the right");
    config.relay.addresses = {address("10.0.0.5"), address("10.0.0.6")};
    config.relay.external = {{address("10.0.0.5"), address("203.0.113.5")},
                             {address("10.0.0.6"), address("203.0.113.5")}};
    CHECK(finding_of(config).what ==
          "relay.external: 203.0.113.5 stands for more than one address, so that ports would "
          "collide");
}

TEST_CASE("a relay address that stands twice is refused") {
    Config config = good();
    config.relay.addresses = {address("203.0.113.5"), address("203.0.113.5")};
    CHECK(finding_of(config).what == "relay.addresses: 203.0.113.5 stands there twice");
}

TEST_CASE("ports that the kernel also gives to others earn a warning, unless it reserves them") {
    Surroundings around{.ephemeral_ports = PortRange{32768, 60999}, .reserved_ports = {}};
    const Finding finding = finding_of(good(), around);
    CHECK(finding.severity == Severity::warning);
    CHECK(finding.what ==
          "relay.ports: the kernel gives ports 49152 to 60999 to other programs too; run "
          "`sysctl net.ipv4.ip_local_reserved_ports=49152-65535`");
    around.reserved_ports = {{49152, 65535}};
    CHECK(validate(good(), around).empty());
    around = {.ephemeral_ports = PortRange{32768, 49151}, .reserved_ports = {}};
    CHECK(validate(good(), around).empty());
}

TEST_CASE(
    "the admin interface listens at an address or on a socket, beyond this host with a warning") {
    Config config = good();
    for (const char* const place :
         {"", "127.0.0.1:8478", "127.8.0.1:1", "[::1]:8478", "unix:/run/turnpike/admin.sock"}) {
        INFO(place);
        config.admin.listen = place;
        CHECK(validate(config, {}).empty());
    }
    for (const char* const place : {"0.0.0.0:8478", "[::]:8478", "192.0.2.1:8478"}) {
        config.admin.listen = place;
        const Finding finding = finding_of(config);
        CHECK(finding.severity == Severity::warning);
        CHECK(finding.what.find("plain text") != std::string::npos);
    }
    for (const char* const place : {"8478", "localhost:8478", "unix:", "unix:admin.sock"}) {
        INFO(place);
        config.admin.listen = place;
        CHECK(finding_of(config).severity == Severity::error);
        CHECK(finding_of(config).key == "admin.listen");
    }
}

TEST_CASE("the admin token stands in one place, and cannot be guessed") {
    Config config = good();
    config.admin.token = "sixteen letters!";
    CHECK(validate(config, {}).empty());
    config.admin.token_file = "/etc/turnpike/admin.token";
    CHECK(finding_of(config).key == "admin.token_file");
    config.admin.token_file.clear();
    config.admin.token = "sesame";
    CHECK(finding_of(config).severity == Severity::warning);
}

TEST_CASE("origins are written as browsers say them") {
    Config config = good();
    config.admin.cors_origins = {"https://video.example.org", "http://localhost:8080",
                                 "https://[2001:db8::1]:8443"};
    CHECK(validate(config, {}).empty());
    for (const char* const origin : {"*", "null", "https://*.example.org", "https://a.example/",
                                     "a.example", "https://", "ftp://a.example", "https://a b"}) {
        INFO(origin);
        config.admin.cors_origins = {origin};
        CHECK(finding_of(config).key == "admin.cors_origins");
    }
}

TEST_CASE("an origin that no browser says is refused with the one that they say") {
    Config config = good();
    for (const auto& [origin, said] :
         {std::pair{"https://Video.Example.org", "https://video.example.org"},
          std::pair{"HTTPS://video.example.org", "https://video.example.org"},
          std::pair{"https://video.example.org:443", "https://video.example.org"},
          std::pair{"http://[2001:DB8::80]:80", "http://[2001:db8::80]"}}) {
        INFO(origin);
        config.admin.cors_origins = {origin};
        const Finding finding = finding_of(config);
        CHECK(finding.severity == Severity::error);
        CHECK(finding.what.ends_with(std::string{"write \""} + said + '"'));
    }
    config.admin.cors_origins = {"https://video.example.org:80", "http://video.example.org:443",
                                 "http://[2001:db8::80]"};
    CHECK(validate(config, {}).empty());
}

}  // namespace
}  // namespace turnpike::config
