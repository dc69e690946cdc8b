// SPDX-License-Identifier: BSD-3-Clause
#include "storage/registry.hpp"

#include <utility>

#include "storage/converted.hpp"
#include "storage/rows.hpp"
#include "storage/statements.hpp"

namespace turnpike::storage {

namespace {

template <typename T, typename Convert>
Database::Handler each_row(Registry::Handler<std::vector<T>> handler, Convert convert) {
    return converted(std::move(handler), [convert](const std::vector<Rows>& rows) {
        std::vector<T> list;
        for (const Row& row : rows[0]) list.push_back(convert(row));
        return list;
    });
}

Account to_listed_account(const Row& row, const std::string& realm) {
    return {.realm = realm,
            .username = row.text(0).value_or(""),
            .credential = {.enabled = row.boolean(1).value_or(true),
                           .call = row.text(2),
                           .deadline = row.time(3),
                           .limits = {row.integer(4), row.integer(5), row.integer(6)}}};
}

}  // namespace

void Registry::put_account(const Account& account, Handler<void> handler) {
    database_.execute({{&statements::put_account, to_parameters(account)}},
                      done(std::move(handler)));
}

void Registry::enable_account(const std::string& realm, const std::string& username, bool enabled,
                              Handler<bool> handler) {
    database_.execute({{&statements::enable_account, {realm, username, enabled}}},
                      found_any(std::move(handler)));
}

void Registry::remove_account(const std::string& realm, const std::string& username,
                              Handler<bool> handler) {
    database_.execute({{&statements::remove_account, {realm, username}}},
                      found_any(std::move(handler)));
}

void Registry::amend_account(const std::string& realm, const std::string& username,
                             const AccountAmendment& amendment, Handler<bool> handler) {
    std::vector<Value> parameters{realm, username};
    for (const Value& each : to_parameters(amendment)) parameters.push_back(each);
    database_.execute({{&statements::amend_account, std::move(parameters)}},
                      found_any(std::move(handler)));
}

void Registry::find_account(const std::string& realm, const std::string& username,
                            Handler<std::optional<Account>> handler) {
    database_.execute({{&statements::find_account, {realm, username}}},
                      converted(std::move(handler),
                                [realm](const std::vector<Rows>& rows) -> std::optional<Account> {
                                    if (rows[0].empty()) return std::nullopt;
                                    return to_listed_account(rows[0][0], realm);
                                }));
}

void Registry::list_accounts(const std::string& realm, const Page& page,
                             Handler<std::vector<Account>> handler) {
    database_.execute({{&statements::list_accounts, {realm, page.after, page.limit}}},
                      each_row(std::move(handler),
                               [realm](const Row& row) { return to_listed_account(row, realm); }));
}

void Registry::create_call(const Call& call, Handler<void> handler) {
    database_.execute({{&statements::create_call, to_parameters(call)}}, done(std::move(handler)));
}

void Registry::extend_call(const std::string& realm, const std::string& id, std::int64_t seconds,
                           Handler<bool> handler) {
    database_.execute({{&statements::extend_call, {realm, id, seconds}}},
                      found_any(std::move(handler)));
}

void Registry::end_call(const std::string& realm, const std::string& id, Time at,
                        Handler<bool> handler) {
    database_.execute({{&statements::end_call, {realm, id, at}}}, found_any(std::move(handler)));
}

void Registry::find_call(const std::string& realm, const std::string& id,
                         Handler<std::optional<Call>> handler) {
    database_.execute({{&statements::find_call, {realm, id}}},
                      converted(std::move(handler), [realm](const std::vector<Rows>& rows) {
                          return rows[0].empty() ? std::nullopt : to_call(rows[0][0], 0, realm);
                      }));
}

void Registry::amend_call(const std::string& realm, const std::string& id,
                          const CallAmendment& amendment, Handler<bool> handler) {
    std::vector<Value> parameters{realm, id};
    for (const Value& each : to_parameters(amendment)) parameters.push_back(each);
    database_.execute({{&statements::amend_call, std::move(parameters)}},
                      found_any(std::move(handler)));
}

void Registry::list_calls(const std::string& realm, const Page& page,
                          Handler<std::vector<Call>> handler) {
    database_.execute({{&statements::list_calls, {realm, page.after, page.limit}}},
                      each_row(std::move(handler), [realm](const Row& row) {
                          return to_call(row, 0, realm).value_or(Call{});
                      }));
}

void Registry::call_usage(const std::string& realm, const std::string& id,
                          Handler<std::vector<CallUsage>> handler) {
    database_.execute({{&statements::call_usage, {realm, id}}},
                      each_row(std::move(handler), to_call_usage));
}

void Registry::open_of_user(const std::string& realm, const std::string& username,
                            Handler<std::int64_t> handler) {
    database_.execute({{&statements::open_of_user, {realm, username}}},
                      converted(std::move(handler), [](const std::vector<Rows>& rows) {
                          return first_integer(rows[0]);
                      }));
}

void Registry::open_of_call(const std::string& realm, const std::string& id,
                            Handler<std::int64_t> handler) {
    database_.execute({{&statements::open_of_call, {realm, id}}},
                      converted(std::move(handler), [](const std::vector<Rows>& rows) {
                          return first_integer(rows[0]);
                      }));
}

void Registry::put_secret(const std::string& realm, const Secret& secret, Handler<void> handler) {
    database_.execute({{&statements::put_secret,
                        {realm, secret.name, secret.secret, value_or_null(secret.expired)}}},
                      done(std::move(handler)));
}

void Registry::remove_secret(const std::string& realm, const std::string& name,
                             Handler<bool> handler) {
    database_.execute({{&statements::remove_secret, {realm, name}}}, found_any(std::move(handler)));
}

void Registry::list_secrets(const std::string& realm, Handler<std::vector<ListedSecret>> handler) {
    database_.execute(
        {{&statements::list_secrets, {realm}}}, each_row(std::move(handler), [](const Row& row) {
            return ListedSecret{row.text(0).value_or(""), row.boolean(1).value_or(true),
                                row.text(2), row.time(3)};
        }));
}

}  // namespace turnpike::storage
