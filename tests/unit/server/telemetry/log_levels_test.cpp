// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_levels.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

TEST_CASE("a level is read back from its name") {
    for (const Level level : {Level::debug, Level::info, Level::warning, Level::error}) {
        CHECK(parse_level(to_string(level)) == level);
    }
    CHECK(parse_level("loud") == std::nullopt);
    CHECK(parse_level("") == std::nullopt);
}

TEST_CASE("an area is read back from its name") {
    for (std::size_t index = 0; index < area_names.size(); ++index) {
        CHECK(parse_area(to_string(static_cast<Area>(index))) == static_cast<Area>(index));
    }
    CHECK(to_string(Area::server) == "server");
    CHECK(to_string(Area::session) == "session");
    CHECK(to_string(Area::xdp) == "xdp");
    CHECK(parse_area("sessions") == std::nullopt);
}

TEST_CASE("an area has the level of all until it is given one of its own") {
    LogLevels levels{Level::warning};
    CHECK(levels.of(Area::storage) == Level::warning);
    levels.set(Area::storage, Level::debug);
    CHECK(levels.of(Area::storage) == Level::debug);
    CHECK(levels.of(Area::session) == Level::warning);
    CHECK(LogLevels{}.of(Area::xdp) == Level::info);
}

TEST_CASE("two sets of levels differ in the areas that have another level, and are said so") {
    const LogLevels before{Level::info};
    LogLevels after = before;
    CHECK(differences(before, after).empty());
    CHECK(before == after);
    after.set(Area::storage, Level::debug);
    after.set(Area::session, Level::warning);
    CHECK(differences(before, after) == "session=warning,storage=debug");
    CHECK(differences(after, before) == "session=info,storage=info");
}

}  // namespace
}  // namespace turnpike::telemetry
