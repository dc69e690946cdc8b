// SPDX-License-Identifier: BSD-3-Clause
//
// The table of routes: a row says a method, a path, who may, and who answers. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "server/admin/desk.hpp"
#include "server/admin/exchange.hpp"

namespace turnpike::admin {

enum class Access : std::uint8_t {
    anybody,
    token,
    mint_key,  // who has the token, or a mint key; web pages of admin.cors_origins too
};

using Responder = boost::asio::awaitable<Answer> (*)(Desk& desk, const Visit& visit);

struct Route {
    std::string_view method;
    std::string_view path;  // "/v1/users/{name}"
    Access access = Access::token;
    Responder respond = nullptr;
};

class Router {
public:
    explicit Router(std::vector<Route> routes) : routes_{std::move(routes)} {}

    struct Found {
        const Route* route = nullptr;          // none: nothing for this method
        std::vector<std::string> arguments{};  // for the {names}
        std::string methods{};      // of this path, as Allow says them; empty: no such path
        bool is_for_pages = false;  // web pages may come here
    };
    [[nodiscard]] Found find(std::string_view method,
                             const std::vector<std::string>& segments) const;

    [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

private:
    std::vector<Route> routes_;
};

}  // namespace turnpike::admin
