// SPDX-License-Identifier: BSD-3-Clause
#include "server/live_office.hpp"

#include "server/database_office.hpp"
#include "tests/support/office_scenario.hpp"

namespace turnpike {
namespace {

TEST_CASE("a running server and the database tell and do the same") {
    test::OfficeScenario scenario;
    scenario.start(scenario.empty.url());
    std::unique_ptr<Office> office;
    const bool live = GENERATE(true, false);
    if (live) {
        while (!office) office = LiveOffice::open(scenario.config.admin);
    } else {
        auto database = std::make_unique<DatabaseOffice>(scenario.config);
        REQUIRE(database->connect().has_value());
        office = std::move(database);
    }
    const storage::Time later{std::chrono::seconds{1'900'000'000}};
    REQUIRE(office->put_user({.name = "an na", .password = "x", .deadline = later}).has_value());
    REQUIRE(office->put_user({.name = "bob", .password = "x", .limits = {.bytes = 5}}).has_value());
    CHECK_FALSE(office->put_user({.name = "eve", .password = ""}).has_value());
    CHECK(office->disable_user("an na")->found);
    CHECK_FALSE(office->disable_user("eve")->found);
    const auto users = office->users();
    REQUIRE(users->size() == 2);
    CHECK(users->at(0).username == "an na");
    CHECK_FALSE(users->at(0).credential.enabled);
    CHECK(users->at(0).credential.deadline == later);
    CHECK(users->at(1).credential.limits.bytes == 5);
    CHECK(*office->enable_user("an na"));
    CHECK_FALSE(*office->enable_user("eve"));
    CHECK(office->remove_user("an na")->found);
    CHECK(office->users()->size() == 1);

    REQUIRE(office->create_call({.id = "c/1", .ends_at = later, .seconds = 60}).has_value());
    CHECK_FALSE(office->create_call({.id = "c/1"}).has_value());
    CHECK(*office->extend_call("c/1", 30));
    CHECK_FALSE(*office->extend_call("c-2", 30));
    const auto file = office->find_call("c/1");
    REQUIRE(file->call.has_value());
    CHECK(file->call->seconds == 90);
    CHECK(file->call->ends_at == later + std::chrono::seconds{30});
    CHECK(file->usage.empty());
    CHECK(office->end_call("c/1")->found);
    CHECK_FALSE(office->end_call("c-2")->found);
    CHECK(office->calls()->at(0).ended_at.has_value());
    CHECK_FALSE(office->find_call("c-2")->call.has_value());
}

TEST_CASE("a server that goes while it is asked is said to be away") {
    test::OfficeScenario scenario;
    scenario.start(scenario.empty.url());
    std::unique_ptr<LiveOffice> office;
    while (!office) office = LiveOffice::open(scenario.config.admin);
    scenario.server.reset();
    CHECK(office->users().error().kind == storage::Failure::Kind::unavailable);
    CHECK_FALSE(office->enable_user("anna").has_value());
}

}  // namespace
}  // namespace turnpike
