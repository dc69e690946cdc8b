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
    CHECK(metrics.body == "turnpike_up 1\n");
    CHECK(metrics.type == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(admin.ask(AdminScenario::request("HEAD", "/livez")).status == 200);
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
