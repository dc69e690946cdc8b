// SPDX-License-Identifier: BSD-3-Clause
//
// Users, calls and secrets in the database itself, of one realm.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "server/office.hpp"
#include "storage/registry.hpp"
#include "storage/waiting.hpp"

namespace turnpike {

class DatabaseOffice final : public Office {
public:
    explicit DatabaseOffice(const config::Config& config);

    [[nodiscard]] Result<void> connect() { return waiting_.connect(); }

    // registry.method(realm, arguments...), waited for.
    template <typename T, typename... Parameters, typename... Arguments>
    [[nodiscard]] Result<T> ask(void (storage::Registry::*method)(const std::string&,
                                                                  Parameters...),
                                const Arguments&... arguments) {
        return waiting_.until<T>(
            [&](auto handler) { (registry_.*method)(realm_, arguments..., handler); });
    }

    Result<void> put_user(const admin::UserDraft& draft) override;
    Result<std::vector<storage::Account>> users() override;
    Result<bool> enable_user(const std::string& name) override;
    Result<admin::Revoked> disable_user(const std::string& name) override;
    Result<admin::Revoked> remove_user(const std::string& name) override;
    Result<void> create_call(const storage::Call& call) override;
    Result<bool> extend_call(const std::string& id, std::int64_t seconds) override;
    Result<admin::Revoked> end_call(const std::string& id) override;
    Result<std::vector<storage::Call>> calls() override;
    Result<CallFile> find_call(const std::string& id) override;

private:
    // What becomes of it.
    template <typename T>
    [[nodiscard]] Result<T> wait(boost::asio::awaitable<Result<T>> operation) {
        return waiting_.until<T>([&](auto handler) {
            boost::asio::co_spawn(waiting_.io(), std::move(operation),
                                  [handler](const std::exception_ptr& failure, Result<T> result) {
                                      if (failure) std::rethrow_exception(failure);
                                      handler(std::move(result));
                                  });
        });
    }

    std::string realm_;
    storage::Waiting waiting_;
    storage::Registry registry_;
    admin::Registrar registrar_;
};

}  // namespace turnpike
