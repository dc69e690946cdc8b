// SPDX-License-Identifier: BSD-3-Clause
//
// A running server with a SQLite database, whose users, calls and rows a test makes and looks at.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "auth/password.hpp"
#include "protocol/bytes.hpp"
#include "tests/support/database_scenario.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::test {

struct ServerWithDatabase {
    using Change = std::function<void(config::Config&)>;

    explicit ServerWithDatabase(const Change& change = {})
        : server{(prepare(), configured(change))} {}

    // The password is "sesame".
    void add_user(const std::string& name, const std::string& columns = "",
                  const std::string& values = "") const {
        const auto key = auth::derive_md5(name, "example.org", "sesame");
        std::string hex;
        for (const std::byte each : key.octets()) {
            constexpr std::string_view digits = "0123456789abcdef";
            hex += digits[static_cast<std::size_t>(each) >> 4U];
            hex += digits[static_cast<std::size_t>(each) & 15U];
        }
        database.site("INSERT INTO turnpike.account (realm, username, key_md5" + columns +
                      ") VALUES ('example.org', '" + name + "', x'" + hex + "'" + values + ")");
    }
    // The first number of the first row.
    [[nodiscard]] std::int64_t number(const std::string& sql) const {
        auto file = storage::sqlite::File::open({.path = database.file().string()}).value();
        const storage::Statement statement{"number", sql};
        return file.run({&statement, {}}).value().at(0).integer(0).value_or(0);
    }
    [[nodiscard]] bool reaches(const std::string& sql, std::int64_t value) const {
        return until([&] { return number(sql) == value; });
    }
    [[nodiscard]] static bool until(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    }

    EmptyDatabase database{Kind::sqlite};
    Folder folder;
    RunningServer server;

private:
    void prepare() const {
        if (!storage::migrate(database.url())) throw std::runtime_error{"no database"};
    }
    [[nodiscard]] config::Config configured(const Change& change) const {
        config::Config config = loopback_config();
        config.storage.url = database.url();
        config.storage.journal = (folder.path() / "journal").string();
        config.server.node = "relay-1";
        if (change) change(config);
        return config;
    }
};

}  // namespace turnpike::test
