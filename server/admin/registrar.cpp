// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/registrar.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "auth/password.hpp"
#include "protocol/bytes.hpp"

namespace turnpike::admin {

using namespace std::chrono_literals;
using storage::Registry;

std::optional<storage::Account> account_of(const UserDraft& draft, const std::string& realm) {
    const auto password = auth::opaque_string(draft.password);
    if (!password || !auth::opaque_string(draft.name)) return std::nullopt;
    const auto octets_of = [&](auto derive) {
        const protocol::Key key = derive(draft.name, realm, *password);
        return std::string{protocol::as_text(key.octets())};
    };
    return storage::Account{.realm = realm,
                            .username = draft.name,
                            .credential = {.key_md5 = octets_of(auth::derive_md5),
                                           .key_sha256 = octets_of(auth::derive_sha256),
                                           .enabled = draft.enabled,
                                           .call = draft.call,
                                           .deadline = draft.deadline,
                                           .limits = draft.limits}};
}

// A change that ends what runs, and a count of what it ends, as far as servers have reported it.
struct Registrar::Revocation {
    std::function<void(Registry&, Registry::Handler<bool>)> change;
    std::function<void(Registry&, Registry::Handler<std::int64_t>)> count;
};

Registrar::Awaited<Revoked> Registrar::revoke(Revocation revocation) {
    const auto before = co_await ask<std::int64_t>(revocation.count);
    if (!before) co_return before.error();
    const auto found = co_await ask<bool>(revocation.change);
    if (!found) co_return found.error();
    if (!*found) co_return Revoked{};
    std::int64_t left = *before;
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
    for (const auto until = std::chrono::steady_clock::now() + 3s;
         left > 0 && std::chrono::steady_clock::now() < until;) {
        timer.expires_after(50ms);
        co_await timer.async_wait(boost::asio::use_awaitable);
        const auto counted = co_await ask<std::int64_t>(revocation.count);
        if (counted) left = *counted;
    }
    co_return Revoked{
        .found = true, .ended = std::max<std::int64_t>(*before - left, 0), .pending = left};
}

Registrar::Awaited<Revoked> Registrar::disable_user(std::string name) {
    return revoke({.change =
                       [this, name](Registry& registry, auto handler) {
                           registry.enable_account(realm_, name, false, std::move(handler));
                       },
                   .count =
                       [this, name](Registry& registry, auto handler) {
                           registry.open_of_user(realm_, name, std::move(handler));
                       }});
}

Registrar::Awaited<Revoked> Registrar::remove_user(std::string name) {
    return revoke({.change =
                       [this, name](Registry& registry, auto handler) {
                           registry.remove_account(realm_, name, std::move(handler));
                       },
                   .count =
                       [this, name](Registry& registry, auto handler) {
                           registry.open_of_user(realm_, name, std::move(handler));
                       }});
}

Registrar::Awaited<Revoked> Registrar::end_call(std::string id, storage::Time at) {
    return revoke({.change =
                       [this, id, at](Registry& registry, auto handler) {
                           registry.end_call(realm_, id, at, std::move(handler));
                       },
                   .count =
                       [this, id](Registry& registry, auto handler) {
                           registry.open_of_call(realm_, id, std::move(handler));
                       }});
}

}  // namespace turnpike::admin
