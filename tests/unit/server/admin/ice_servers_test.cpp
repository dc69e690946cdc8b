// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/ice_servers.hpp"

#include "auth/timed_secret.hpp"
#include "protocol/uri.hpp"
#include "server/config/load.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;

constexpr protocol::WallTime noon{1'700'000'000s};

config::Config config_of(std::string_view text) {
    const config::Loaded loaded =
        config::load_text(text, "test.toml", {.spare_secret = "thirty-two random characters ..."});
    REQUIRE(loaded.ok());
    return loaded.config;
}

protocol::IpAddress address(std::string_view text) {
    return protocol::IpAddress::parse(text).value();
}

TEST_CASE("a time-limited username carries expiry, user and call, and its password is the MAC") {
    const config::Config config = config_of("");
    const auto credential = issue_credential(config, {"alice", "c7", 1h}, noon);
    REQUIRE(credential.has_value());
    CHECK(credential->username == "1700003600:alice:c7");
    CHECK(credential->password ==
          auth::timed_password("thirty-two random characters ...", "1700003600:alice:c7"));
    CHECK(credential->lifetime == 1h);
    const auto nobody = issue_credential(config, {"", "", 1h}, noon);
    CHECK(auth::parse_timed_username(nobody->username)->expiry == noon + 1h);
}

TEST_CASE("the first secret mints, whatever follows it") {
    const config::Config config =
        config_of("auth.secrets = ['the new secret of this site', 'the old secret of this site']");
    const auto credential = issue_credential(config, {"alice", "", 1h}, noon);
    CHECK(credential->password ==
          auth::timed_password("the new secret of this site", credential->username));
}

TEST_CASE("a fixed user gets the password of the configuration") {
    const config::Config config = config_of("[users]\nalice = 'one'\nbob = 'two'");
    CHECK(issue_credential(config, {"bob", "", 1h}, noon)->password == "two");
    CHECK(issue_credential(config, {"", "", 1h}, noon)->username == "alice");
    CHECK(issue_credential(config, {"bob", "", 1h}, noon)->lifetime == 0s);
}

TEST_CASE("what cannot be issued is refused with what to do") {
    const config::Config config = config_of("[users]\nalice = 'one'");
    CHECK(issue_credential(config, {"carol", "", 1h}, noon).error().what ==
          "no user \"carol\" and no secrets to mint a time-limited username from; add the user to "
          "[users], or set auth.secrets");
    CHECK(issue_credential(config, {"alice", "c7", 1h}, noon).error().what ==
          "\"alice\" is a fixed user and belongs to no call; leave --call out, or choose another "
          "name");
}

TEST_CASE("the relayed addresses stand for listeners on every address of their family") {
    CHECK(turn_urls(config_of(""), "", {address("203.0.113.5"), address("2001:db8::5")}) ==
          std::vector<std::string>{
              "turn:203.0.113.5:3478?transport=udp", "turn:[2001:db8::5]:3478?transport=udp",
              "turn:203.0.113.5:3478?transport=tcp", "turn:[2001:db8::5]:3478?transport=tcp"});
    CHECK(turn_urls(config_of(""), "", {}).empty());
}

TEST_CASE("behind 1:1 NAT a listener is reached at the external address") {
    const config::Config config = config_of(
        "[listen]\nudp = ['0.0.0.0:3478']\ntcp = ['10.0.0.5:443']\n"
        "[relay]\naddresses = ['10.0.0.5']\nexternal = { '10.0.0.5' = '203.0.113.5' }");
    CHECK(turn_urls(config, "", {address("203.0.113.5")}) ==
          std::vector<std::string>{"turn:203.0.113.5:3478?transport=udp",
                                   "turn:203.0.113.5:443?transport=tcp"});
}

TEST_CASE("a host name stands for every listener, each port and transport once") {
    CHECK(turn_urls(config_of(""), "turn.example.org", {}) ==
          std::vector<std::string>{"turn:turn.example.org:3478?transport=udp",
                                   "turn:turn.example.org:3478?transport=tcp"});
    CHECK(turn_urls(config_of("listen.tcp = []"), "2001:db8::5", {}) ==
          std::vector<std::string>{"turn:[2001:db8::5]:3478?transport=udp"});
}

TEST_CASE("TLS and DTLS are reached by name, because certificates are for names",
          "[R6][rfc8489-8.1]") {
    config::Config config = config_of("listen.udp = []\nlisten.tcp = ['0.0.0.0:3478']");
    config.listen.tls = {*protocol::Endpoint::parse("0.0.0.0:5349"),
                         *protocol::Endpoint::parse("[::]:5349")};
    config.listen.dtls = {*protocol::Endpoint::parse("0.0.0.0:5349")};
    const std::vector<protocol::IpAddress> here{address("203.0.113.5")};
    const std::vector<std::string> plain{"turn:203.0.113.5:3478?transport=tcp"};
    CHECK(turn_urls(config, "", here) == plain);
    CHECK(turn_urls(config, "203.0.113.5", here) == plain);
    CHECK(turn_urls(config, "[2001:db8::5]", here) ==
          std::vector<std::string>{"turn:[2001:db8::5]:3478?transport=tcp"});
    CHECK(lacks_name(config, ""));
    CHECK(lacks_name(config, "2001:db8::5"));

    const std::vector<std::string> named{"turn:turn.example.org:3478?transport=tcp",
                                         "turns:turn.example.org:5349?transport=tcp",
                                         "turns:turn.example.org:5349?transport=udp"};
    CHECK(turn_urls(config, "turn.example.org", here) == named);
    CHECK_FALSE(lacks_name(config, "turn.example.org"));
    config.server.hostname = "turn.example.org";
    CHECK(turn_urls(config, "", here) == named);
    CHECK_FALSE(lacks_name(config, ""));
}

TEST_CASE("every URL that is printed can be read", "[R5][rfc7065]") {
    const config::Config config = config_of("");
    for (const char* const host : {"", "turn.example.org", "2001:db8::5", "[2001:db8::5]"}) {
        for (const auto& url :
             turn_urls(config, host, {address("203.0.113.5"), address("2001:db8::5")})) {
            const auto uri = protocol::Uri::parse(url);
            REQUIRE(uri.has_value());
            CHECK(uri->to_string() == url);
        }
    }
}

TEST_CASE("the entry is what RTCPeerConnection takes") {
    CHECK(ice_servers_json({"turn:h:1?transport=udp", "turn:h:1?transport=tcp"},
                           {"17:a\"b", "p/w=", 0s}) ==
          R"([{"urls":["turn:h:1?transport=udp","turn:h:1?transport=tcp"],)"
          R"("username":"17:a\"b","credential":"p/w="}])");
}

TEST_CASE("the other shape is that of the TURN REST draft") {
    CHECK(turn_rest_json({"turn:h:1?transport=udp"}, {"u", "p", 1h}) ==
          R"({"username":"u","password":"p","ttl":3600,"uris":["turn:h:1?transport=udp"]})");
    CHECK(turn_rest_json({}, {"u", "p", 0s}) == R"({"username":"u","password":"p","uris":[]})");
}

}  // namespace
}  // namespace turnpike::admin
