// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/probe.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using test::AdminScenario;

TEST_CASE("the server is asked once a second, however many want to know") {
    AdminScenario admin;
    for (int turn = 0; turn < 5; ++turn) CHECK(admin.get("/readyz").status == 200);
    CHECK(admin.backend.probes == 1);
    admin.time_passes(999ms);
    CHECK(admin.get("/readyz").status == 200);
    CHECK(admin.backend.probes == 1);
    admin.time_passes(1ms);
    CHECK(admin.get("/readyz").status == 200);
    CHECK(admin.backend.probes == 2);
}

TEST_CASE("who asks while the server is asked waits for the same answer") {
    AdminScenario admin;
    admin.backend.holds_probes = true;
    std::vector<std::optional<Answer>> answers(3);
    for (auto& each : answers) admin.begin(AdminScenario::request("GET", "/readyz"), each);
    admin.io.poll();
    CHECK(admin.backend.held_probes.size() == 1);
    admin.time_passes(5s);
    for (const auto& each : answers) CHECK_FALSE(each.has_value());
    admin.backend.held_probes.front()({true, "allocated", 1us});
    for (auto& each : answers) {
        while (!each && admin.io.run_one_for(5s) > 0) continue;
        REQUIRE(each.has_value());
        CHECK(each->status == 200);
    }
    CHECK(admin.backend.probes == 1);
}

}  // namespace
}  // namespace turnpike::admin
