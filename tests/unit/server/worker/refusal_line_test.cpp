// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/refusal_line.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using Catch::Matchers::Contains;
using telemetry::Area;
using telemetry::Level;
using telemetry::LogLevels;
using test::loopback_config;
using test::RunningServer;

std::string log_of_refusals(LogLevels levels) {
    RunningServer server{loopback_config(), levels};
    auto client = server.udp_client("mallory", "a wrong password");
    CHECK(client.allocate()->error() == 401);
    return server.log();
}

TEST_CASE(
    "who asks on level debug of auth is told who was refused, by which error, and from where") {
    LogLevels levels;
    levels.set(Area::auth, Level::debug);
    const std::string log = log_of_refusals(levels);
    // The challenge, and then the wrong password.
    CHECK_THAT(log, Contains("level=debug area=auth event=\"request refused\" method=Allocate "
                             "code=401 reason=\"\" user=\"\" client=127.0.0.2:"));
    CHECK_THAT(log, Contains("code=401 reason=\"\" user=mallory client=127.0.0.2:"));
    CHECK_THAT(log, Contains(" transport=udp\n"));
    CHECK_THAT(log, !Contains("a wrong password"));
}

TEST_CASE("on other levels a refused request is counted and not told") {
    CHECK_THAT(log_of_refusals(LogLevels{}), !Contains("request refused"));
}

}  // namespace
}  // namespace turnpike::worker
