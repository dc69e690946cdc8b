// SPDX-License-Identifier: BSD-3-Clause
//
// What operators do to users and calls in the database, for the admin interface and the command
// line alike. What ends running allocations waits until the servers have reported it, three seconds
// at most. Lives on the database's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "server/admin/asked.hpp"
#include "storage/registry.hpp"

namespace turnpike::admin {

struct UserDraft {
    std::string name;
    std::string password;
    bool enabled = true;
    std::optional<std::string> call{};
    std::optional<storage::Time> deadline{};
    storage::Limits limits{};
};
// With keys in place of the password. None where name or password are empty or hold what clients
// cannot send (RFC 8265 section 4.2).
[[nodiscard]] std::optional<storage::Account> account_of(const UserDraft& draft,
                                                         const std::string& realm);

struct Revoked {
    bool found = false;        // there was something to do it to
    std::int64_t ended = 0;    // allocations
    std::int64_t pending = 0;  // not reported yet
};

class Registrar {
public:
    template <typename T>
    using Awaited = boost::asio::awaitable<storage::Result<T>>;

    // The database outlives it.
    Registrar(storage::Database& database, std::string realm)
        : realm_{std::move(realm)}, registry_{database} {}

    [[nodiscard]] const std::string& realm() const noexcept { return realm_; }

    [[nodiscard]] Awaited<Revoked> disable_user(std::string name);
    [[nodiscard]] Awaited<Revoked> remove_user(std::string name);
    [[nodiscard]] Awaited<Revoked> end_call(std::string id, storage::Time at);

    // begin(registry, handler), waited for.
    template <typename T>
    [[nodiscard]] Awaited<T> ask(
        std::function<void(storage::Registry&, storage::Registry::Handler<T>)> begin) {
        auto answer = co_await asked<storage::Result<T>>(
            [this, &begin](auto handler) { begin(registry_, std::move(handler)); });
        if (!answer) {
            co_return storage::Failure{storage::Failure::Kind::timed_out,
                                       "the database does not answer"};
        }
        co_return *std::move(answer);
    }

private:
    struct Revocation;
    [[nodiscard]] Awaited<Revoked> revoke(Revocation revocation);

    std::string realm_;
    storage::Registry registry_;
};

}  // namespace turnpike::admin
