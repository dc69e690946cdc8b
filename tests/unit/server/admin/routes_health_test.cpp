// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using test::AdminScenario;
using test::json_of;

TEST_CASE("the process says that it lives, and the metrics are those of the server") {
    AdminScenario admin;
    CHECK(admin.get("/livez").body == "alive\n");
    const Answer metrics = admin.get("/metrics");
    CHECK(metrics.body.starts_with("turnpike_up 1\n# HELP turnpike_admin_"));
    CHECK(metrics.type == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(admin.ask(AdminScenario::request("HEAD", "/livez")).status == 200);
}

TEST_CASE("the metrics count who was refused, and why") {
    Settings settings = test::admin_settings();
    settings.requests_per_second = 2;
    AdminScenario admin{settings};
    Request stranger = AdminScenario::request("GET", "/v1/sessions");
    stranger.authorization = "Bearer a guess";
    for (const unsigned status : {401U, 401U, 429U}) CHECK(admin.ask(stranger).status == status);
    const std::string text = admin.get("/metrics").body;
    CHECK(text.find("turnpike_admin_requests_refused_total{reason=\"unauthorized\"} 2\n") !=
          text.npos);
    CHECK(text.find("turnpike_admin_requests_refused_total{reason=\"too_many\"} 1\n") != text.npos);
}

TEST_CASE("the server is ready when an allocation through it works") {
    AdminScenario admin;
    const Answer good = admin.get("/readyz");
    CHECK(good.status == 200);
    CHECK(json_of(good).at("took_microseconds") == 900);
    admin.backend.readiness = {false, "no ports are left", {}};
    admin.time_passes(std::chrono::seconds{2});
    const Answer bad = admin.get("/readyz");
    CHECK(bad.status == 503);
    CHECK(json_of(bad).at("reason") == "no ports are left");
}

TEST_CASE("who drains is not ready, and is not asked to allocate") {
    AdminScenario admin;
    admin.backend.status = {Phase::draining, 3, std::chrono::seconds{60}};
    const Answer answer = admin.get("/readyz");
    CHECK(answer.status == 503);
    CHECK(json_of(answer).at("reason") == "draining: no new allocations are taken");
    CHECK(admin.backend.probes == 0);
    CHECK(admin.get("/livez").status == 200);
}

}  // namespace
}  // namespace turnpike::admin
