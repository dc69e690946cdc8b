// SPDX-License-Identifier: BSD-3-Clause
#include "server/serve.hpp"

#include <sstream>

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

TEST_CASE("the log is written as the configuration says") {
    const auto options =
        log_options({.level = config::LogLevel::error, .format = config::LogFormat::json});
    CHECK(options.level == telemetry::Level::error);
    CHECK(options.format == telemetry::LogFormat::json);
    CHECK(options.descriptor == 2);
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
