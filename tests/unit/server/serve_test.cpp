// SPDX-License-Identifier: BSD-3-Clause
#include "server/serve.hpp"

#include <sstream>

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

TEST_CASE("the log is written as the configuration says") {
    config::Config config;
    config.log = {.level = config::LogLevel::error,
                  .areas = {{"storage", config::LogLevel::debug}},
                  .mask_addresses = true,
                  .format = config::LogFormat::json};
    const auto options = log_options(config);
    CHECK(options.levels == log_levels(config.log));
    CHECK(options.style.format == telemetry::LogFormat::json);
    CHECK(options.style.masks_addresses);
    CHECK(options.descriptor == 2);
}

TEST_CASE("an area has its own level, or that of all") {
    const auto levels = log_levels(
        {.level = config::LogLevel::warning, .areas = {{"storage", config::LogLevel::debug}}});
    CHECK(levels.of(telemetry::Area::storage) == telemetry::Level::debug);
    CHECK(levels.of(telemetry::Area::session) == telemetry::Level::warning);
}

TEST_CASE("lines are kept for the admin interface where there is one") {
    config::Config config;
    CHECK(log_options(config).tail_lines == 0);
    config.admin.listen = "127.0.0.1:8478";
    CHECK(log_options(config).tail_lines == 1000);
}

TEST_CASE("a secret made for one run is long, and another one each time") {
    const std::string one = random_secret();
    CHECK(one.size() == 44);
    CHECK(one != random_secret());
}

TEST_CASE("a server whose configuration cannot be read does not start") {
    std::ostringstream error;
    CHECK(serve({.config = {.file = "/nowhere/turnpike.toml", .assignments = {}}}, error) ==
          ExitCode::bad_configuration);
    CHECK(error.str().find(
              "error: /nowhere/turnpike.toml: cannot be read: No such file or directory\n") !=
          std::string::npos);
}

}  // namespace
}  // namespace turnpike
