// SPDX-License-Identifier: BSD-3-Clause
//
// A database with tables, a configuration that names it, and a server that may run beside it.
#pragma once

#include <optional>
#include <string>

#include "server/live_office.hpp"
#include "server/office.hpp"
#include "tests/support/admin_server.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::test {

struct OfficeScenario {
    OfficeScenario() {
        REQUIRE(storage::migrate(empty.url()).has_value());
        config.realm = "example.org";
        config.storage.url = empty.url();
        config.admin.listen = "unix:" + path;
        config.admin.token = admin_token;
    }
    void start(const std::string& url) {
        server.emplace(admin::Listener::open("unix:" + path),
                       admin::Server::Parts{.backend = backend, .log = log},
                       admin::Server::Options{.settings = admin_settings(), .storage_url = url});
    }
    [[nodiscard]] bool is_live() const {
        return dynamic_cast<LiveOffice*>(open_office(config).value().get()) != nullptr;
    }

    EmptyDatabase empty{Kind::sqlite};
    Folder folder;
    std::string path = (folder.path() / "admin.sock").string();
    FakeBackend backend;
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    std::optional<admin::Server> server;
    config::Config config;
};

}  // namespace turnpike::test
