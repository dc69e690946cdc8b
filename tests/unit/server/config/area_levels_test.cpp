// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/area_levels.hpp"

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

struct Outcome {
    std::optional<std::vector<AreaLevel>> levels;
    std::vector<std::string> complaints;
};

Outcome read(std::string_view text) {
    Problems problems;
    Complaints complaints{"f.toml", true, problems};
    const auto document = toml::parse(std::string{"areas = "} + std::string{text});
    REQUIRE(document);
    auto levels = read_area_levels(*document.table().get("areas")->as_table(),
                                   *find_option("log.areas"), complaints);
    std::vector<std::string> said;
    for (const Problem& each : problems) said.push_back(each.what);
    return {std::move(levels), std::move(said)};
}

TEST_CASE("areas are given levels of their own") {
    const auto levels = read(R"({ storage = "debug", session = "error" })").levels;
    REQUIRE(levels);
    REQUIRE(levels->size() == 2);
    CHECK((*levels)[0] == AreaLevel{"session", LogLevel::error});
    CHECK((*levels)[1] == AreaLevel{"storage", LogLevel::debug});
    CHECK(to_toml((*levels)[1]) == R"(storage = "debug")");
    CHECK(read("{}").levels == std::vector<AreaLevel>{});
}

TEST_CASE("an area or a level that does not exist is refused with the nearest that does") {
    const auto complaint = [](std::string_view text) {
        const auto [levels, complaints] = read(text);
        CHECK_FALSE(levels);
        REQUIRE(complaints.size() == 1);
        return complaints.front();
    };
    CHECK(complaint(R"({ strage = "debug" })") ==
          "log.areas: \"strage\" is none of server, config, listen, auth, session, storage, usage, "
          "tls, peer, admin, xdp; did you mean storage?");
    CHECK(complaint(R"({ storage = "warn" })") ==
          "log.areas: storage: \"warn\" is none of debug, info, warning, error");
    CHECK(complaint(R"({ storage = "debg" })") ==
          "log.areas: storage: \"debg\" is none of debug, info, warning, error; did you mean "
          "debug?");
    CHECK(complaint("{ storage = 7 }") ==
          "log.areas: storage: expected one of debug, info, warning, error");
}

TEST_CASE("all that is wrong in the table is said, and none of it is taken") {
    const auto [levels, complaints] =
        read(R"({ nothing = "debug", storage = "loud", tls = "info" })");
    CHECK_FALSE(levels);
    CHECK(complaints.size() == 2);
}

TEST_CASE("the table may stand in the file as a section, and on the command line") {
    const Inputs inputs{.spare_secret = "thirty-two random characters ..."};
    const Loaded section = load_text("[log.areas]\nauth = \"debug\"", "f.toml", inputs);
    REQUIRE(section.ok());
    CHECK(section.config.log.areas == std::vector{AreaLevel{"auth", LogLevel::debug}});
    Inputs line = inputs;
    line.assignments = {R"(log.areas={ auth = "error" })"};
    const Loaded assigned = load_text("", "f.toml", line);
    REQUIRE(assigned.ok());
    CHECK(assigned.config.log.areas == std::vector{AreaLevel{"auth", LogLevel::error}});
}

}  // namespace
}  // namespace turnpike::config
