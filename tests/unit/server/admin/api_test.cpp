// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/api.hpp"

#include <fmt/format.h>

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using test::AdminScenario;
using test::code_of;
using test::header_of;

// A path of the route, with something for each {name}.
std::string example_of(std::string_view path) {
    std::string text{path};
    if (const auto brace = text.find('{'); brace != text.npos) text.replace(brace, text.npos, "7");
    return text;
}

TEST_CASE("every route but health and metrics wants the token, and no other will do") {
    AdminScenario admin;
    for (const Route& route : admin.api.router().routes()) {
        INFO(route.method << ' ' << route.path);
        Request request = AdminScenario::request(std::string{route.method}, example_of(route.path));
        const bool is_open = route.access == Access::anybody;
        CHECK(is_open ==
              (route.path == "/livez" || route.path == "/readyz" || route.path == "/metrics"));
        for (const char* const wrong :
             {"", "Bearer ", "Bearer a token of the admin test", "Basic dXNlcjpwYXNz",
              "Bearer a token of the admin tests2", "a token of the admin tests"}) {
            request.authorization = wrong;
            const Answer answer = admin.ask(request);
            CHECK(answer.status == (is_open ? 200U : 401U));
            CHECK(header_of(answer, "WWW-Authenticate").starts_with("Bearer") == !is_open);
        }
        request.authorization = std::string{"bEARER  "} + test::admin_token;
        const unsigned status = admin.ask(request).status;
        CHECK(status != 401);
        CHECK(status != 403);
    }
}

TEST_CASE("without a token in the configuration nobody has one, and it is said what to set") {
    Settings settings = test::admin_settings();
    settings.token.clear();
    settings.secrets.clear();
    AdminScenario admin{settings};
    for (const Route& route : admin.api.router().routes()) {
        INFO(route.method << ' ' << route.path);
        for (const char* const any : {"", "Bearer ", "Bearer x", "Bearer mint1.AAAA.AAAA"}) {
            Request request =
                AdminScenario::request(std::string{route.method}, example_of(route.path));
            request.authorization = any;
            const Answer answer = admin.ask(request);
            if (route.access == Access::anybody) {
                CHECK(answer.status == 200);
                continue;
            }
            CHECK(answer.status == 403);
            CHECK(code_of(answer) == "no_token_configured");
            CHECK(answer.body.find("admin.token_file") != std::string::npos);
        }
    }
}

TEST_CASE("every answer forbids to keep it, to frame it and to guess its type") {
    AdminScenario admin;
    for (const char* const target : {"/livez", "/v1/sessions", "/nothing", "\x01", "/v1/config"}) {
        const Answer answer = admin.get(target);
        CHECK(header_of(answer, "Cache-Control") == "no-store");
        CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
        CHECK(header_of(answer, "Set-Cookie").empty());
        CHECK(header_of(answer, "Access-Control-Allow-Origin").empty());
    }
}

TEST_CASE("what is not there is 404, and what cannot be done there is 405") {
    AdminScenario admin;
    CHECK(code_of(admin.get("/")) == "not_found");
    CHECK(code_of(admin.get("/v1/sessions/7/relay")) == "not_found");
    CHECK(code_of(admin.get("/etc/passwd")) == "not_found");
    const Answer answer = admin.ask(AdminScenario::request("PATCH", "/v1/sessions"));
    CHECK(answer.status == 405);
    CHECK(header_of(answer, "Allow") == "GET, DELETE");
    CHECK(admin.get("/v1/sessions?user=a&user=b").status == 400);
    CHECK(admin.get("http://example.org/livez").status == 400);
    CHECK(admin.ask(AdminScenario::request("OPTIONS", "/v1/sessions")).status == 405);
}

TEST_CASE("an address that asks too often is told when to come back, others are not") {
    Settings settings = test::admin_settings();
    settings.requests_per_second = 2;
    AdminScenario admin{settings};
    CHECK(admin.get("/livez").status == 200);
    CHECK(admin.get("/livez").status == 200);
    const Answer answer = admin.get("/livez");
    CHECK(answer.status == 429);
    CHECK(code_of(answer) == "too_many_requests");
    CHECK(header_of(answer, "Retry-After") == "1");
    Request other = AdminScenario::request("GET", "/livez");
    other.client = protocol::IpAddress::parse("::1");
    CHECK(admin.ask(other).status == 200);
    admin.time_passes(500ms);
    CHECK(admin.get("/livez").status == 200);
    CHECK(admin.get("/livez").status == 429);
}

TEST_CASE("strangers at the same address use up nothing of who has the token or a mint key") {
    Settings settings = test::admin_settings();
    settings.requests_per_second = 2;
    AdminScenario admin{settings};
    const auto key = sign_mint_key({.user = "", .call = "c-1", .expires = admin.now.wall + 1h},
                                   "example.org", test::admin_secret);
    Request stranger = AdminScenario::request("POST", "/v1/credentials");
    stranger.authorization = "Bearer a guess";
    CHECK(admin.ask(stranger).status == 401);
    stranger.authorization.clear();
    CHECK(admin.ask(stranger).status == 401);
    CHECK(admin.ask(stranger).status == 429);
    stranger.target = "/nothing";
    CHECK(admin.ask(stranger).status == 429);
    stranger.target = "/livez";
    CHECK(admin.ask(stranger).status == 429);
    CHECK(admin.get("/livez").status == 200);
    CHECK(admin.get("/v1/sessions").status == 200);
    CHECK(admin.get("/v1/sessions").status == 429);
    Request page = AdminScenario::request("POST", "/v1/credentials");
    page.authorization = "Bearer " + *key;
    CHECK(admin.ask(page).status == 201);
}

TEST_CASE("a reload changes the token and the rates at once") {
    AdminScenario admin;
    CHECK(admin.get("/v1/sessions").status == 200);
    Settings settings = test::admin_settings();
    settings.token = "another token of the tests";
    settings.requests_per_second = 1;
    admin.api.apply(settings);
    CHECK(admin.get("/v1/sessions").status == 401);
    CHECK(admin.get("/v1/sessions").status == 429);
}

}  // namespace
}  // namespace turnpike::admin
