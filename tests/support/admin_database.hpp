// SPDX-License-Identifier: BSD-3-Clause
//
// The admin interface over a database with tables.
#pragma once

#include <string>

#include "tests/support/admin_scenario.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::test {

struct AdminDatabase {
    AdminDatabase() {
        if (!database.until([&] { return database.restored == 1; })) {
            throw std::runtime_error{"no database"};
        }
    }

    admin::Answer ask(const std::string& method, const std::string& target,
                      const std::string& body = "") {
        const admin::Request request = AdminScenario::request(method, target, body);
        std::optional<admin::Answer> answer;
        boost::asio::co_spawn(database.io, admin.api.handle(request, admin.now),
                              [&answer](const std::exception_ptr& failure, admin::Answer it) {
                                  if (failure) std::rethrow_exception(failure);
                                  answer = std::move(it);
                              });
        if (!database.until([&] { return answer.has_value(); })) {
            throw std::runtime_error{"no answer at all"};
        }
        return *answer;
    }

    DatabaseScenario database{Kind::sqlite};
    AdminScenario admin{admin_settings(), database.database.get()};
};

}  // namespace turnpike::test
