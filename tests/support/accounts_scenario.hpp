// SPDX-License-Identifier: BSD-3-Clause
//
// A database with users and calls, and what stands between it and the workers.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "server/accounts/attendance.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::test {

inline protocol::Moment real_time() {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

struct AccountsScenario : DatabaseScenario {
    AccountsScenario() : DatabaseScenario{Kind::sqlite} {
        if (!until([&] { return restored == 1; })) throw std::runtime_error{"no database"};
    }

    // Bytes as SQLite writes them: sixteen and thirty-two.
    void add_user(const std::string& name, const std::string& call = "") const {
        empty.site(
            "INSERT INTO turnpike.account (realm, username, key_md5, call) VALUES"
            " ('example.org', '" +
            name + "', zeroblob(16), nullif('" + call + "', ''))");
    }
    void add_call(const std::string& id, const std::string& columns = "",
                  const std::string& values = "") const {
        empty.site("INSERT INTO turnpike.call (realm, id" + columns + ") VALUES ('example.org', '" +
                   id + "'" + values + ")");
    }
    // The first number of the first row.
    [[nodiscard]] std::int64_t number(const std::string& sql) const {
        auto file = storage::sqlite::File::open({.path = empty.file().string()}).value();
        const storage::Statement statement{"number", sql};
        const auto rows = file.run({&statement, {}});
        return rows.value().at(0).integer(0).value_or(0);
    }

    accounts::Attendance attendance{std::chrono::seconds{3}};
};

}  // namespace turnpike::test
