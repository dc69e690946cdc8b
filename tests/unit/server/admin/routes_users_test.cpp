// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/admin_database.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using test::AdminDatabase;
using test::code_of;
using test::json_of;

TEST_CASE("a user is made, shown, changed and removed") {
    AdminDatabase admin;
    const Answer made =
        admin.ask("POST", "/v1/users",
                  R"({"name": "anna", "password": "sesame", "call": "c-1", "bytes": 5})");
    CHECK(made.status == 201);
    CHECK(made.body.find("sesame") == std::string::npos);
    CHECK(code_of(admin.ask("POST", "/v1/users", R"({"name": "anna", "password": "x"})")) ==
          "conflict");
    const auto shown = json_of(admin.ask("GET", "/v1/users/anna"));
    CHECK(shown.at("enabled") == true);
    CHECK(shown.at("call") == "c-1");
    CHECK(shown.at("bytes") == 5);

    const Answer amended =
        admin.ask("PATCH", "/v1/users/anna", R"({"bytes": null, "allocations": 3})");
    CHECK(json_of(amended).at("ended") == 0);
    const auto after = json_of(admin.ask("GET", "/v1/users/anna"));
    CHECK(after.at("bytes").is_null());
    CHECK(after.at("allocations") == 3);
    CHECK(after.at("call") == "c-1");

    CHECK(admin.ask("PATCH", "/v1/users/anna", R"({"enabled": false})").status == 200);
    CHECK(json_of(admin.ask("GET", "/v1/users/anna")).at("enabled") == false);
    CHECK(admin.ask("PATCH", "/v1/users/anna", R"({"enabled": true})").status == 200);
    CHECK(json_of(admin.ask("GET", "/v1/users/anna")).at("enabled") == true);

    CHECK(admin.ask("PUT", "/v1/users/anna", R"({"password": "other"})").status == 200);
    CHECK(json_of(admin.ask("GET", "/v1/users/anna")).at("call").is_null());
    CHECK(json_of(admin.ask("DELETE", "/v1/users/anna")).at("ended") == 0);
    for (const char* const method : {"GET", "PATCH", "DELETE"}) {
        CHECK(admin.ask(method, "/v1/users/anna").status == 404);
    }
}

TEST_CASE("users are listed page after page") {
    AdminDatabase admin;
    for (const char* const name : {"anna", "bob", "carol"}) {
        admin.ask("PUT", std::string{"/v1/users/"} + name, R"({"password": "x"})");
    }
    const auto first = json_of(admin.ask("GET", "/v1/users?limit=2"));
    CHECK(first.at("users").as_array().size() == 2);
    CHECK(first.at("next") == "/v1/users?limit=2&after=bob");
    const auto second = json_of(admin.ask("GET", "/v1/users?limit=2&after=bob"));
    CHECK(second.at("users").at(0).at("name") == "carol");
    CHECK(second.at("next").is_null());
}

TEST_CASE("names and passwords that clients cannot send are refused") {
    AdminDatabase admin;
    CHECK(admin.ask("PUT", "/v1/users/an%01na", R"({"password": "x"})").status == 422);
    CHECK(admin.ask("POST", "/v1/users", R"({"name": "anna"})").status == 400);
    CHECK(admin.ask("PUT", "/v1/users/anna", R"({"password": ""})").status == 400);
    CHECK(admin.ask("GET", "/v1/users?limit=x").status == 400);
}

TEST_CASE("names are values, never words of SQL") {
    AdminDatabase admin;
    const std::string name = "/v1/users/x'%3B%20DROP%20TABLE%20account%3B--";
    CHECK(admin.ask("PUT", name, R"({"password": "x"})").status == 200);
    CHECK(admin.ask("GET", name).status == 200);
    CHECK(admin.ask("GET", "/v1/users").status == 200);
}

TEST_CASE("without a database users and calls answer 503, and all else goes on") {
    test::AdminScenario admin;
    for (const Route& route : admin.api.router().routes()) {
        const bool needs_it =
            route.path.starts_with("/v1/users") || route.path.starts_with("/v1/calls");
        if (!needs_it) continue;
        INFO(route.method << ' ' << route.path);
        std::string path{route.path};
        if (const auto brace = path.find('{'); brace != path.npos)
            path.replace(brace, path.npos, "x");
        const Answer answer =
            admin.ask(test::AdminScenario::request(std::string{route.method}, path));
        CHECK(answer.status == 503);
        CHECK(code_of(answer) == "no_database");
    }
}

}  // namespace
}  // namespace turnpike::admin
