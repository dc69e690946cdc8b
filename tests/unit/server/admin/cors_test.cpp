// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/cors.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using test::AdminScenario;
using test::header_of;

Request from(const std::string& origin, const std::string& method = "OPTIONS") {
    Request request = AdminScenario::request(method, "/v1/credentials");
    request.origin = origin;
    if (method == "OPTIONS") {
        request.asked_method = "POST";
        request.authorization.clear();  // browsers send none ahead
    }
    return request;
}

TEST_CASE("a page of a known origin may mint, and sees the answer") {
    AdminScenario admin;
    const Answer ahead = admin.ask(from("https://video.example.org"));
    CHECK(ahead.status == 204);
    CHECK(ahead.body.empty());
    CHECK(header_of(ahead, "Access-Control-Allow-Origin") == "https://video.example.org");
    CHECK(header_of(ahead, "Access-Control-Allow-Methods") == "POST");
    CHECK(header_of(ahead, "Access-Control-Allow-Headers") == "Authorization, Content-Type");
    CHECK(header_of(ahead, "Access-Control-Allow-Credentials").empty());
    CHECK(header_of(ahead, "Vary") == "Origin");
    const Answer answer = admin.ask(from("https://video.example.org", "POST"));
    CHECK(answer.status == 201);
    CHECK(header_of(answer, "Access-Control-Allow-Origin") == "https://video.example.org");
    CHECK(header_of(answer, "Vary") == "Origin");
}

TEST_CASE("a page may read why it was refused") {
    AdminScenario admin;
    Request request = from("https://video.example.org", "POST");
    request.authorization = "Bearer mint1.AAAA.AAAA";
    const Answer answer = admin.ask(request);
    CHECK(answer.status == 401);
    CHECK(header_of(answer, "Access-Control-Allow-Origin") == "https://video.example.org");
}

TEST_CASE("a page may read that it came too often, and may always ask ahead") {
    Settings settings = test::admin_settings();
    settings.requests_per_second = 1;
    AdminScenario admin{settings};
    Request request = from("https://video.example.org", "POST");
    request.authorization.clear();
    CHECK(admin.ask(request).status == 401);
    const Answer answer = admin.ask(request);
    CHECK(answer.status == 429);
    CHECK(header_of(answer, "Access-Control-Allow-Origin") == "https://video.example.org");
    CHECK(header_of(answer, "Access-Control-Expose-Headers") == "Retry-After");
    CHECK(admin.ask(from("https://video.example.org")).status == 204);
}

TEST_CASE("a page of any other origin is told nothing that lets it in") {
    AdminScenario admin;
    for (const char* const origin :
         {"", "*", "null", "https://video.example.org.evil.test", "http://video.example.org",
          "https://video.example.org:8443", "https://VIDEO.example.org", "https://example.org"}) {
        for (const char* const method : {"OPTIONS", "POST"}) {
            INFO(origin << ' ' << method);
            const Answer answer = admin.ask(from(origin, method));
            CHECK(header_of(answer, "Access-Control-Allow-Origin").empty());
            CHECK(header_of(answer, "Access-Control-Allow-Methods").empty());
            CHECK(header_of(answer, "Vary") == "Origin");
        }
    }
}

TEST_CASE("no page may come to any other route, whatever its origin") {
    AdminScenario admin;
    for (const Route& route : admin.api.router().routes()) {
        if (route.access == Access::mint_key) continue;
        Request request =
            AdminScenario::request(std::string{route.method}, std::string{route.path});
        request.origin = "https://video.example.org";
        CHECK(header_of(admin.ask(request), "Access-Control-Allow-Origin").empty());
    }
}

TEST_CASE("a wildcard in the list is no origin") {
    Settings settings = test::admin_settings();
    settings.cors_origins = {"*", "null"};
    for (const char* const origin : {"*", "null", "https://video.example.org"}) {
        Answer answer;
        share(answer, from(origin), settings);
        CHECK(header_of(answer, "Access-Control-Allow-Origin").empty());
    }
}

}  // namespace
}  // namespace turnpike::admin
