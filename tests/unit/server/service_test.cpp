// SPDX-License-Identifier: BSD-3-Clause
//
// What stops a start; what runs is tested end to end.
#include "server/service.hpp"

#include "server/configuration.hpp"
#include "server/serve.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike {
namespace {

using Catch::Matchers::Contains;

Operations::Start start_with(const std::string& admin) {
    const std::string address = test::own_loopback(8).to_string();
    Operations::Start start;
    start.loaded = config::load_text(
        "listen = { udp = [\"" + address + ":34781\"], tcp = [] }\nrelay = { addresses = [\"" +
            address + "\"], ports = [50000, 50099] }\nstorage = { url = \"\" }\n" +
            "server = { workers = 1 }\nusers = { alice = \"wonderland\" }\n" + admin,
        "turnpike.toml", {});
    if (!start.loaded.ok()) throw std::runtime_error{start.loaded.errors.front().to_string()};
    return start;
}

struct Quiet {
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
};

TEST_CASE("an admin interface that was asked for and cannot be had stops the start") {
    Quiet quiet;
    CHECK_THROWS_WITH((Service{start_with("admin = { listen = \"192.0.2.1:8478\" }\n"), quiet.log}),
                      Contains("192.0.2.1:8478"));
}

TEST_CASE("a token that cannot be read stops the start and says where it should be") {
    Quiet quiet;
    CHECK_THROWS_WITH(
        (Service{start_with("admin = { listen = \"\", token_file = \"/nowhere/token\" }\n"),
                 quiet.log}),
        Contains("/nowhere/token"));
}

TEST_CASE("without an admin interface there is a relay") {
    Quiet quiet;
    CHECK_NOTHROW(Service{start_with("admin = { listen = \"\" }\n"), quiet.log});
}

}  // namespace
}  // namespace turnpike
