// SPDX-License-Identifier: BSD-3-Clause
#include "server/database_office.hpp"

#include "tests/support/office_scenario.hpp"

namespace turnpike {
namespace {

TEST_CASE("the database is asked for its realm alone") {
    test::OfficeScenario scenario;
    DatabaseOffice here{scenario.config};
    scenario.config.realm = "example.com";
    DatabaseOffice there{scenario.config};
    REQUIRE(here.connect().has_value());
    REQUIRE(there.connect().has_value());
    REQUIRE(here.put_user({.name = "anna", .password = "x"}).has_value());
    REQUIRE(here.create_call({.id = "c-1"}).has_value());
    CHECK(here.users()->size() == 1);
    CHECK(there.users()->empty());
    CHECK(there.calls()->empty());
    CHECK_FALSE(there.remove_user("anna")->found);
    CHECK(here.calls()->front().realm == "example.org");
}

TEST_CASE("a name or a password that clients cannot send is refused before the database") {
    test::OfficeScenario scenario;
    DatabaseOffice office{scenario.config};
    REQUIRE(office.connect().has_value());
    for (const auto& [name, password] :
         {std::pair{"", "x"}, std::pair{"anna", ""}, std::pair{"an\x01na", "x"}}) {
        const auto put = office.put_user({.name = name, .password = password});
        REQUIRE_FALSE(put.has_value());
        CHECK(put.error().what.find("RFC 8265") != std::string::npos);
    }
    CHECK(office.users()->empty());
}

TEST_CASE("a database that is not there is said not to be") {
    test::OfficeScenario scenario;
    scenario.config.storage.url = "sqlite:/proc/none/turnpike.db";
    DatabaseOffice office{scenario.config};
    CHECK_FALSE(office.connect().has_value());
}

}  // namespace
}  // namespace turnpike
