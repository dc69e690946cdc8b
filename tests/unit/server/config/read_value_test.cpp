// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/read_value.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

// What is said about this value of this option, and nothing where it is accepted.
std::vector<std::string> complaints_about(std::string_view key, std::string_view toml) {
    Problems problems;
    Complaints complaints{"f.toml", true, problems};
    const auto document = toml::parse(std::string{"\nvalue = "} + std::string{toml});
    REQUIRE(document);
    const auto value = read_value(*find_option(key), *document.table().get("value"), complaints);
    CHECK(value.has_value() == problems.empty());
    std::vector<std::string> lines;
    for (const Problem& each : problems) lines.push_back(each.to_string());
    return lines;
}

TEST_CASE("a value that does not fit is refused with its place, what is wrong and what is right") {
    struct Row {
        std::string_view key, toml, complaint;
    };
    const Row row = GENERATE(
        Row{"auth.password_algorithms", "1", "expected true or false, found a whole number"},
        Row{"server.workers", "\"two\"", "expected a whole number, found a string"},
        Row{"server.workers", "1.5", "expected a whole number, found a fraction"},
        Row{"server.workers", "-1", "-1 is out of bounds; from 0 to 256"},
        Row{"limits.bytes", "-1", "-1 is out of bounds; at least 0"},
        Row{"auth.nonce_seconds", "3601", "3601 is out of bounds; from 60 to 3600"},
        Row{"realm", "\"\"", "must not be empty"},
        Row{"realm", "1979-05-27", "expected a string, found a date or time"},
        Row{"server.user", "\"a name of more than thirty-two bytes\"", "36 bytes long; at most 32"},
        Row{"log.level", "\"warn\"", "\"warn\" is none of debug, info, warning, error"},
        Row{"log.level", "\"eror\"",
            "\"eror\" is none of debug, info, warning, error; did you mean error?"},
        Row{"log.areas", "\"debug\"",
            "expected a table, as in { storage = \"debug\" }, found a string"},
        Row{"relay.interfaces", "[\"\"]", "holds an empty string"},
        Row{"listen.udp", "\"0.0.0.0:3478\"", "expected a list, found a string"},
        Row{"listen.udp", "[\"0.0.0.0\"]",
            "\"0.0.0.0\" is no address with a port; write \"192.0.2.1:3478\" or "
            "\"[2001:db8::1]:3478\""},
        Row{"listen.udp", "[\"0.0.0.0:0\"]", "\"0.0.0.0:0\" has port 0; from 1 to 65535"},
        Row{"relay.addresses", "[\"relay.example.org\"]",
            "\"relay.example.org\" is no IP address; write \"192.0.2.1\" or \"2001:db8::1\""},
        Row{"relay.addresses", "[\"0.0.0.0\"]",
            "\"0.0.0.0\" is no address that a peer can send to"},
        Row{"relay.external", "{ \"10.0.0.5\" = 7 }", "expected a string, found a whole number"},
        Row{"relay.external", "{ nat = \"203.0.113.5\" }",
            "\"nat\" is no IP address; write \"192.0.2.1\" or \"2001:db8::1\""},
        Row{"peers.allow", "[\"10.0.0.1/8\"]",
            "\"10.0.0.1/8\" is no CIDR block; write \"10.0.0.0/8\" or "
            "\"192.0.2.0/24:5000-6000\", with no bits set below the prefix"},
        Row{"relay.ports", "[60000, 50000]",
            "[60000, 50000] begins after its end; write [50000, 60000]"},
        Row{"relay.ports", "[50000]",
            "expected two ports, the first and the last, as in [49152, 65535]"},
        Row{"relay.ports", "[80, 60000]", "80 is out of bounds; from 1024 to 65535"},
        Row{"auth.secrets", "[\"\"]", "holds an empty string"},
        Row{"auth.secrets", "[{ expired = \"end\" }]",
            "a table without a secret; write { secret = \"...\", expired = \"end\" }"},
        Row{"auth.secrets", "[{ secret = \"s\", expired = \"never\" }]",
            "expired is \"keep\" or \"end\""},
        Row{"auth.secrets", "[{ secret = \"s\", expire = \"end\" }]",
            "unknown key \"expire\"; did you mean expired?"},
        Row{"listen.certificates", "[{ certificate = \"cert.pem\" }]",
            "write { certificate = \"FILE\", private_key = \"FILE\" }"},
        Row{"listen.certificates", "[\"cert.pem\"]",
            "write { certificate = \"FILE\", private_key = \"FILE\" }"},
        Row{"listen.certificates", "[{ certificate = 7, private_key = \"key.pem\" }]",
            "write { certificate = \"FILE\", private_key = \"FILE\" }"},
        Row{"users", "{ alice = 7 }",
            "\"alice\" needs a password that is a string and not empty; quote a name that holds "
            "dots"},
        Row{"users", "[]", "expected a table, as in { alice = \"password\" }, found a list"});
    INFO(row.key << " = " << row.toml);
    const std::string expected =
        "f.toml:2: " + std::string{row.key} + ": " + std::string{row.complaint};
    CHECK(complaints_about(row.key, row.toml) == std::vector{expected});
}

TEST_CASE("every wrong element of a list is reported at its own line") {
    CHECK(complaints_about("listen.udp", "[\n\"0.0.0.0:3478\",\n\"x\",\n7 ]") ==
          std::vector<std::string>{
              "f.toml:4: listen.udp: \"x\" is no address with a port; write \"192.0.2.1:3478\" or "
              "\"[2001:db8::1]:3478\"",
              "f.toml:5: listen.udp: expected a string, found a whole number"});
}

TEST_CASE("a place without lines is the name of the source alone") {
    Problems problems;
    const Complaints complaints{"--set", false, problems};
    CHECK(complaints.place({}) == "--set");
}

}  // namespace
}  // namespace turnpike::config
