// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/desk.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("there is a registrar where there is a database, and of the realm in force") {
    test::FakeBackend backend;
    test::DatabaseScenario database{test::Kind::sqlite};
    Desk desk{.backend = backend,
              .settings = test::admin_settings(),
              .probe = Probe{backend},
              .strangers = VisitorLimits{Rate{}},
              .operators = VisitorLimits{Rate{}},
              .mints = RateBuckets<MintKey>{Rate{}}};
    CHECK_FALSE(desk.registrar().has_value());
    desk.database = database.database.get();
    CHECK(desk.registrar()->realm() == "example.org");
    desk.settings.realm = "example.com";
    CHECK(desk.registrar()->realm() == "example.com");
}

}  // namespace
}  // namespace turnpike::admin
