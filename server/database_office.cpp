// SPDX-License-Identifier: BSD-3-Clause
#include "server/database_office.hpp"

#include <chrono>

#include "auth/password.hpp"
#include "storage/statements.hpp"

namespace turnpike {

using storage::Registry;

DatabaseOffice::DatabaseOffice(const config::Config& config)
    : realm_{auth::opaque_string(config.realm).value_or(config.realm)},
      waiting_{config.storage.url, {.connections = 1}, storage::operator_statements()},
      registry_{waiting_.database()},
      registrar_{waiting_.database(), realm_} {}

Office::Result<void> DatabaseOffice::put_user(const admin::UserDraft& draft) {
    const auto account = admin::account_of(draft, realm_);
    if (!account) {
        return storage::Failure{storage::Failure::Kind::refused,
                                "a name and a password need at least one character, and none that "
                                "clients cannot send (RFC 8265 section 4.2)"};
    }
    return waiting_.until<void>([&](auto handler) { registry_.put_account(*account, handler); });
}

Office::Result<std::vector<storage::Account>> DatabaseOffice::users() {
    return ask<std::vector<storage::Account>>(&Registry::list_accounts, storage::Page{});
}

Office::Result<bool> DatabaseOffice::enable_user(const std::string& name) {
    return ask<bool>(&Registry::enable_account, name, true);
}

Office::Result<admin::Revoked> DatabaseOffice::disable_user(const std::string& name) {
    return wait(registrar_.disable_user(name));
}

Office::Result<admin::Revoked> DatabaseOffice::remove_user(const std::string& name) {
    return wait(registrar_.remove_user(name));
}

Office::Result<void> DatabaseOffice::create_call(const storage::Call& call) {
    storage::Call ours = call;
    ours.realm = realm_;
    return waiting_.until<void>([&](auto handler) { registry_.create_call(ours, handler); });
}

Office::Result<bool> DatabaseOffice::extend_call(const std::string& id, std::int64_t seconds) {
    return ask<bool>(&Registry::extend_call, id, seconds);
}

Office::Result<admin::Revoked> DatabaseOffice::end_call(const std::string& id) {
    return wait(registrar_.end_call(id, storage::to_time(std::chrono::system_clock::now())));
}

Office::Result<std::vector<storage::Call>> DatabaseOffice::calls() {
    return ask<std::vector<storage::Call>>(&Registry::list_calls, storage::Page{});
}

Office::Result<Office::CallFile> DatabaseOffice::find_call(const std::string& id) {
    const auto call = ask<std::optional<storage::Call>>(&Registry::find_call, id);
    if (!call) return call.error();
    const auto usage = ask<std::vector<storage::CallUsage>>(&Registry::call_usage, id);
    if (!usage) return usage.error();
    return CallFile{*call, *usage};
}

}  // namespace turnpike
