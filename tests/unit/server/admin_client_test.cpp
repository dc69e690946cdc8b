// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin_client.hpp"

#include "tests/support/admin_server.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

config::Admin admin_of(const test::AdminServer& server) {
    config::Admin admin;
    admin.listen = "unix:" + server.path();
    admin.token = test::admin_token;
    return admin;
}

TEST_CASE("a running server answers a request with a body and without") {
    const test::AdminServer server;
    const auto client = AdminClient::of(admin_of(server));
    REQUIRE(client.has_value());
    const auto drain = client->send({.method = "POST",
                                     .target = "/v1/drain",
                                     .body = boost::json::object{{"deadline_seconds", 5}}});
    REQUIRE(drain.has_value());
    CHECK(drain->status == 202);
    CHECK(drain->json.at("left_seconds") == 5);
    CHECK(client->send({.target = "/livez"})->text == "alive\n");
}

TEST_CASE("a refusal says what is wrong and what to do") {
    const test::AdminServer server;
    config::Admin admin = admin_of(server);
    admin.token = "a wrong token";
    const auto reply = AdminClient::of(admin)->send({.target = "/v1/sessions"});
    REQUIRE(reply.has_value());
    CHECK_FALSE(reply->ok());
    CHECK(reply->problem().starts_with(
        "this token is not good here: take the token of admin.token. If it was changed"));
    CHECK(reply->problem().find("systemctl reload turnpike") != std::string::npos);
    const auto missing = AdminClient::of(admin_of(server))->send({.target = "/v1/sessions/9"});
    CHECK(missing->problem().find("systemctl") == std::string::npos);
    CHECK(AdminReply{.status = 502, .text = "<html>", .json = {}}.problem() ==
          "the server answers 502");
}

TEST_CASE("a server that has no token yet is made to read it by a signal") {
    admin::Settings settings = test::admin_settings();
    settings.token.clear();
    settings.secrets.clear();
    const test::AdminServer server{{}, settings};
    const auto reply =
        AdminClient::of(admin_of(server))->send({.method = "POST", .target = "/v1/reload"});
    REQUIRE(reply.has_value());
    CHECK(reply->status == 403);
    CHECK(reply->problem().find("SIGHUP") != std::string::npos);
}

TEST_CASE("without a place, a token or a server nobody is reached, and it is said why") {
    config::Admin admin;
    CHECK(AdminClient::of(admin).error().is_unreachable);
    admin.listen = "unix:/nowhere/admin.sock";
    CHECK(AdminClient::of(admin).error().what.find("admin.token") != std::string::npos);
    admin.token = "x";
    const auto reply = AdminClient::of(admin)->send({.target = "/livez"});
    REQUIRE_FALSE(reply.has_value());
    CHECK(reply.error().is_unreachable);
    CHECK(reply.error().what.find("admin.listen") != std::string::npos);
}

TEST_CASE("a stream is handed on until who takes it has enough") {
    test::AdminServer server{{.heartbeat = std::chrono::milliseconds{1}}};
    const auto client = AdminClient::of(admin_of(server));
    std::string seen;
    const auto reply = client->follow({.target = "/v1/events"}, [&](std::string_view text) {
        seen += text;
        return seen.find(": still here\n\n: still here") == seen.npos;
    });
    CHECK(reply.has_value());
    CHECK(seen.starts_with(": still here\n\n"));
    CHECK(client->follow({.target = "/v1/nothing"}, [](auto) { return true; })->status == 404);
}

}  // namespace
}  // namespace turnpike
