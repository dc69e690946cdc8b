// SPDX-License-Identifier: BSD-3-Clause
#include "auth/timed_secret.hpp"
#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using test::AdminScenario;
using test::code_of;
using test::header_of;
using test::json_of;

std::string text_of(const boost::json::value& value) {
    return boost::json::value_to<std::string>(value);
}

// A mint key that the interface has made.
std::string key_of(AdminScenario& admin, const std::string& body) {
    const Answer answer = admin.post("/v1/mint-keys", body);
    REQUIRE(answer.status == 201);
    return text_of(json_of(answer).at("key"));
}
Answer mint_with(AdminScenario& admin, const std::string& key, const std::string& body = "") {
    Request request = AdminScenario::request("POST", "/v1/credentials", body);
    request.authorization = "Bearer " + key;
    return admin.ask(request);
}

TEST_CASE("credentials come as Cloudflare's interface gives them") {
    AdminScenario admin;
    const Answer answer =
        admin.post("/v1/credentials", R"({"ttl": 3600, "customIdentifier": "anna"})");
    CHECK(answer.status == 201);
    const auto json = json_of(answer);
    const auto& servers = json.at("iceServers");
    CHECK(servers.at(0).at("urls").at(0) == "stun:192.0.2.1:3478");
    CHECK(servers.at(1).at("urls").at(0) == "turn:192.0.2.1:3478?transport=udp");
    CHECK(servers.at(1).at("username") == "1800003600:anna");
    CHECK(text_of(servers.at(1).at("credential")) ==
          auth::timed_password(test::admin_secret, "1800003600:anna"));
    CHECK(admin
              .post("/v1/credentials?format=cloudflare",
                    R"({"ttl": 3600, "customIdentifier": "anna"})")
              .body == answer.body);
}

TEST_CASE("credentials come as Twilio's interface gives them") {
    AdminScenario admin;
    const Answer answer = admin.post("/v1/credentials?format=twilio", R"({"user": "anna"})");
    CHECK(answer.status == 201);
    const auto json = json_of(answer);
    CHECK(json.at("username") == "1800086400:anna");
    CHECK(json.at("ttl") == "86400");
    CHECK(json.at("date_created") == "Fri, 15 Jan 2027 08:00:00 +0000");
    CHECK(json.at("date_updated") == json.at("date_created"));
    CHECK(json.at("ice_servers").at(0).at("url") == "stun:192.0.2.1:3478");
    const auto& turn = json.at("ice_servers").at(1);
    CHECK(turn.at("url") == turn.at("urls"));
    CHECK(turn.at("credential") == json.at("password"));
}

TEST_CASE("credentials come as the TURN REST draft says") {
    AdminScenario admin;
    const Answer answer =
        admin.post("/v1/credentials?format=uris", R"({"user": "anna", "call": "c:1", "ttl": 60})");
    CHECK(answer.status == 200);
    CHECK(json_of(answer).at("username") == "1800000060:anna:c:1");
    CHECK(json_of(answer).at("ttl") == 60);
    CHECK(json_of(answer).at("uris").as_array().size() == 1);
}

TEST_CASE("what cannot be minted is refused with its reason") {
    AdminScenario admin;
    for (const char* const bad :
         {R"({"ttl": 0})", R"({"ttl": 2592001})", R"({"ttl": "1h"})", R"({"user": "a:b"})",
          R"({"user": ""})", R"({"user": "a", "customIdentifier": "b"})", R"({"user": "a\nb"})",
          R"({"file": "/etc/passwd"})", "[", R"({"call": 7})", R"({"user": null, "x": 1})"}) {
        INFO(bad);
        CHECK(admin.post("/v1/credentials", bad).status == 400);
    }
    CHECK(admin.post("/v1/credentials?format=xml").status == 400);
    Settings settings = test::admin_settings();
    settings.turn_urls.clear();
    admin.api.apply(settings);
    CHECK(code_of(admin.post("/v1/credentials")) == "no_address");
    settings.secrets.clear();
    admin.api.apply(settings);
    CHECK(code_of(admin.post("/v1/credentials")) == "no_secret");
    CHECK(code_of(admin.post("/v1/mint-keys", R"({"call": "c"})")) == "no_secret");
}

TEST_CASE("a mint key mints for its call alone, and not beyond its end") {
    AdminScenario admin;
    const std::string key = key_of(admin, R"({"call": "c-1", "ttl": 600})");
    const auto minted = json_of(mint_with(admin, key, R"({"ttl": 86400, "user": "anna"})"));
    CHECK(minted.at("iceServers").at(1).at("username") == "1800000600:anna:c-1");
    admin.time_passes(500s);
    const auto later = json_of(mint_with(admin, key));
    CHECK(later.at("iceServers").at(1).at("username") == "1800000600::c-1");
    const auto shorter = json_of(mint_with(admin, key, R"({"ttl": 10, "call": "c-1"})"));
    CHECK(shorter.at("iceServers").at(1).at("username") == "1800000510::c-1");
    CHECK(code_of(mint_with(admin, key, R"({"call": "c-2"})")) == "not_of_this_key");
    CHECK(mint_with(admin, key, R"({"user": "x:c-2"})").status == 400);
    admin.time_passes(100s);
    CHECK(mint_with(admin, key).status == 401);
}

TEST_CASE("a mint key that names a user mints for nobody else") {
    AdminScenario admin;
    const std::string key = key_of(admin, R"({"call": "c-1", "user": "anna", "ttl": 60})");
    CHECK(json_of(mint_with(admin, key)).at("iceServers").at(1).at("username") ==
          "1800000060:anna:c-1");
    CHECK(mint_with(admin, key, R"({"user": "bob"})").status == 403);
}

TEST_CASE("a mint key opens no other route") {
    AdminScenario admin;
    const std::string key = key_of(admin, R"({"call": "c-1"})");
    for (const Route& route : admin.api.router().routes()) {
        if (route.access != Access::token) continue;
        INFO(route.method << ' ' << route.path);
        std::string path{route.path};
        if (const auto brace = path.find('{'); brace != path.npos)
            path.replace(brace, path.npos, "7");
        Request request = AdminScenario::request(std::string{route.method}, path);
        request.authorization = "Bearer " + key;
        CHECK(admin.ask(request).status == 401);
    }
}

TEST_CASE("a mint key of another secret is worth nothing, one of an older secret still is") {
    AdminScenario admin;
    const std::string key = key_of(admin, R"({"call": "c-1"})");
    Settings settings = test::admin_settings();
    settings.secrets = {"a newer secret of the tests", test::admin_secret};
    admin.api.apply(settings);
    CHECK(mint_with(admin, key).status == 201);
    settings.secrets.pop_back();
    admin.api.apply(settings);
    CHECK(mint_with(admin, key).status == 401);
}

TEST_CASE("mint keys work where no token is configured, for they come from other servers") {
    AdminScenario admin;
    const std::string key = key_of(admin, R"({"call": "c-1"})");
    Settings settings = test::admin_settings();
    settings.token.clear();
    admin.api.apply(settings);
    CHECK(mint_with(admin, key).status == 201);
    CHECK(admin.post("/v1/credentials").status == 401);
}

TEST_CASE("a parameter that is none of these is not passed over") {
    AdminScenario admin;
    const Answer answer = admin.post("/v1/credentials?fromat=twilio");
    CHECK(answer.status == 400);
    CHECK(answer.body.find("fromat") != std::string::npos);
    CHECK(admin.post("/v1/credentials?format=twilio&call=c-1").status == 400);
    CHECK(admin.post("/v1/credentials?format=twilio").status == 201);
}

TEST_CASE("minting with keys is limited by key, the token's is not") {
    Settings settings = test::admin_settings();
    settings.mints_per_minute = 2;
    AdminScenario admin{settings};
    const std::string key = key_of(admin, R"({"call": "c-1"})");
    CHECK(mint_with(admin, key).status == 201);
    CHECK(mint_with(admin, key).status == 201);
    const Answer answer = mint_with(admin, key);
    CHECK(answer.status == 429);
    CHECK(header_of(answer, "Retry-After") == "30");
    // Another page behind the same proxy.
    CHECK(mint_with(admin, key_of(admin, R"({"call": "c-2"})")).status == 201);
    CHECK(admin.post("/v1/credentials").status == 201);
    admin.time_passes(30s);
    CHECK(mint_with(admin, key).status == 201);
}

TEST_CASE("a mint key needs a call") {
    AdminScenario admin;
    for (const char* const bad : {"", "{}", R"({"call": ""})", R"({"call": "c", "ttl": 0})",
                                  R"({"call": "c", "user": "a:b"})", R"({"call": null})"}) {
        INFO(bad);
        CHECK(admin.post("/v1/mint-keys", bad).status == 400);
    }
}

}  // namespace
}  // namespace turnpike::admin
