// SPDX-License-Identifier: BSD-3-Clause
#include "server/configuration.hpp"

#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"

namespace turnpike {
namespace {

constexpr std::string_view secret = "thirty-two random characters ...";

config::Inputs inputs_of(std::vector<std::pair<std::string, std::string>> environment) {
    return {.environment = std::move(environment), .spare_secret = std::string{secret}};
}

TEST_CASE("the ports that the kernel keeps are read as it writes them") {
    const auto around = parse_surroundings("32768\t60999", "8080,9148-9150,49152-65535");
    CHECK(around.ephemeral_ports == config::PortRange{32768, 60999});
    CHECK(around.reserved_ports ==
          std::vector<config::PortRange>{{8080, 8080}, {9148, 9150}, {49152, 65535}});
    CHECK(parse_surroundings("", "").ephemeral_ports == std::nullopt);
    CHECK(parse_surroundings("x\ty", "").ephemeral_ports == std::nullopt);
    CHECK(parse_surroundings("1\t70000", "a,,7").reserved_ports ==
          std::vector<config::PortRange>{{7, 7}});
}

TEST_CASE("what the command line names is what is gathered") {
    const config::Inputs inputs = gather_inputs({"some.toml", {"realm=x"}});
    CHECK(inputs.file == "some.toml");
    CHECK(inputs.assignments == std::vector<std::string>{"realm=x"});
    CHECK_FALSE(inputs.spare_secret);
}

TEST_CASE("what is configured is advertised, by its external address where it has one") {
    config::Relay relay;
    relay.addresses = {protocol::IpAddress::v4(0x0A000005), protocol::IpAddress::v4(0x0A000006)};
    relay.external = {{protocol::IpAddress::v4(0x0A000005), protocol::IpAddress::v4(0xCB007105)}};
    CHECK(advertised_addresses(relay) ==
          std::vector{protocol::IpAddress::v4(0xCB007105), protocol::IpAddress::v4(0x0A000006)});
}

TEST_CASE("a realm, name or password that no client can produce is refused", "[B10][X9]") {
    CHECK(load_configuration(inputs_of({{"TURNPIKE_REALM", "example.org"}})).ok());
    const auto realm = load_configuration(inputs_of({{"TURNPIKE_REALM", "tab\there"}}));
    REQUIRE(realm.errors.size() == 1);
    CHECK(realm.errors.front().to_string() ==
          "TURNPIKE_REALM: realm: it holds characters that clients cannot send (RFC 8265 section "
          "4.2)");
    const auto user =
        load_configuration(inputs_of({{"TURNPIKE_USERS", "{ alice = \"bell\\u0007\" }"}}));
    REQUIRE(user.errors.size() == 1);
    CHECK(user.errors.front().what.starts_with("users: the password of \"alice\" holds"));
    CHECK(user.errors.front().what.find("bell") == std::string::npos);
}

TEST_CASE("certificates are tried before a start, and objections are told") {
    const test::CertificateFolder folder;
    config::Loaded loaded = load_configuration(inputs_of({}));
    check_certificates(loaded);  // nothing listens for TLS
    REQUIRE(loaded.ok());
    const auto pair = folder.issue("old", {.until = std::chrono::hours{-1}});
    loaded.config.listen.tls = {protocol::Endpoint::parse("0.0.0.0:5349").value()};
    loaded.config.listen.certificate = pair.certificate;
    loaded.config.listen.private_key = pair.private_key;
    check_certificates(loaded);
    REQUIRE(loaded.ok());
    REQUIRE(loaded.warnings.size() == 1);
    CHECK(loaded.warnings.front().what.find("old.pem: expired on ") != std::string::npos);
    loaded.config.listen.certificates = {{pair.certificate, folder.file("none.key")}};
    check_certificates(loaded);
    REQUIRE(loaded.errors.size() == 1);
    CHECK(loaded.errors.front().what.find("none.key: cannot be read") != std::string::npos);
}

TEST_CASE("what is in force is printed as TOML with its source, and no secret with it") {
    const auto loaded = load_configuration(
        inputs_of({{"TURNPIKE_REALM", "example.org"}, {"TURNPIKE_USERS", "{ alice = \"hush\" }"}}));
    std::ostringstream out;
    print_effective(loaded, out);
    CHECK(out.str().find("realm = \"example.org\"  # TURNPIKE_REALM\n") != std::string::npos);
    CHECK(out.str().find("users = { \"alice\" = \"********\" }  # TURNPIKE_USERS\n") !=
          std::string::npos);
    CHECK(out.str().find("relay.ports = [49152, 65535]  # default\n") != std::string::npos);
    CHECK(out.str().find("hush") == std::string::npos);
    CHECK(config::load_text(out.str(), "effective.toml", {}).ok());
}

TEST_CASE("problems are reported one a line, warnings first") {
    config::Loaded loaded;
    loaded.warnings = {{"a.toml", "is odd"}};
    loaded.errors = {{"a.toml:3", "is wrong"}, {"", "is missing"}};
    std::ostringstream error;
    report(loaded, error);
    CHECK(error.str() == "warning: a.toml: is odd\nerror: a.toml:3: is wrong\nerror: is missing\n");
}

}  // namespace
}  // namespace turnpike
