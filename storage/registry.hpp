// SPDX-License-Identifier: BSD-3-Clause
//
// What an operator changes and looks at: users, calls, secrets and what they used. Thin like Store:
// it owns nothing, lives on the database's loop, and each handler is called once, later.
//
// Where a user, a call or a secret is named that is not there, the answer is false.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/records.hpp"

namespace turnpike::storage {

class Registry {
public:
    template <typename T>
    using Handler = std::function<void(Result<T>)>;

    explicit Registry(Database& database) : database_{database} {}

    // Makes the account, or changes all of it.
    void put_account(const Account& account, Handler<void> handler);
    void enable_account(const std::string& realm, const std::string& username, bool enabled,
                        Handler<bool> handler);
    void remove_account(const std::string& realm, const std::string& username,
                        Handler<bool> handler);
    void amend_account(const std::string& realm, const std::string& username,
                       const AccountAmendment& amendment, Handler<bool> handler);
    // Without keys.
    void find_account(const std::string& realm, const std::string& username,
                      Handler<std::optional<Account>> handler);
    void list_accounts(const std::string& realm, const Page& page,
                       Handler<std::vector<Account>> handler);

    // Fails where there is one of this id.
    void create_call(const Call& call, Handler<void> handler);
    // By so many seconds, fewer than none to shorten it: both its end and its length, if it has
    // them.
    void extend_call(const std::string& realm, const std::string& id, std::int64_t seconds,
                     Handler<bool> handler);
    void end_call(const std::string& realm, const std::string& id, Time at, Handler<bool> handler);
    void find_call(const std::string& realm, const std::string& id,
                   Handler<std::optional<Call>> handler);
    void amend_call(const std::string& realm, const std::string& id, const CallAmendment& amendment,
                    Handler<bool> handler);
    void list_calls(const std::string& realm, const Page& page, Handler<std::vector<Call>> handler);
    void call_usage(const std::string& realm, const std::string& id,
                    Handler<std::vector<CallUsage>> handler);

    // Allocations that live, as far as the servers have reported.
    void open_of_user(const std::string& realm, const std::string& username,
                      Handler<std::int64_t> handler);
    void open_of_call(const std::string& realm, const std::string& id,
                      Handler<std::int64_t> handler);

    void put_secret(const std::string& realm, const Secret& secret, Handler<void> handler);
    void remove_secret(const std::string& realm, const std::string& name, Handler<bool> handler);
    struct ListedSecret {
        std::string name;
        bool enabled = true;
        std::optional<std::string> expired;
        std::optional<Time> created_at;
    };
    void list_secrets(const std::string& realm, Handler<std::vector<ListedSecret>> handler);

private:
    Database& database_;
};

}  // namespace turnpike::storage
