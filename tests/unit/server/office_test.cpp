// SPDX-License-Identifier: BSD-3-Clause
#include "server/office.hpp"

#include "tests/support/office_scenario.hpp"

namespace turnpike {
namespace {

TEST_CASE("a running server is asked where one answers, else the database") {
    test::OfficeScenario scenario;
    CHECK_FALSE(scenario.is_live());
    scenario.start(scenario.empty.url());
    // It connects to its database within a moment of its start.
    while (!scenario.is_live()) continue;
    scenario.config.admin.token = "a wrong token";
    CHECK_FALSE(scenario.is_live());
    scenario.config.admin.token = test::admin_token;
    scenario.server.reset();
    scenario.start("");
    CHECK_FALSE(scenario.is_live());
}

}  // namespace
}  // namespace turnpike
