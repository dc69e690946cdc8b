// SPDX-License-Identifier: BSD-3-Clause
//
// Speaks to the admin interface of a running server, for commands that may wait: one request, one
// answer, within a time. It reaches the server where the configuration says that it listens, with
// the token that stands there.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/result.hpp"
#include "server/admin/listener.hpp"
#include "server/config/config.hpp"

namespace turnpike {

struct AdminReply {
    unsigned status = 0;
    std::string text;
    boost::json::value json;  // null where the text is none

    [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
    // "message: advice", of an answer that is no success; where it was the token, how that may be
    // although the configuration has the right one.
    [[nodiscard]] std::string problem() const;
};

struct AdminFailure {
    std::string what;
    bool is_unreachable = false;  // nobody listens there, or nobody was told where or with what
};

struct AdminRequest {
    std::string method = "GET";
    std::string target;
    std::optional<boost::json::value> body{};
};

class AdminClient {
public:
    template <typename T>
    using Result = protocol::Result<T, AdminFailure>;

    // Fails where there is no admin.listen, or no token.
    [[nodiscard]] static Result<AdminClient> of(const config::Admin& admin);

    [[nodiscard]] Result<AdminReply> send(const AdminRequest& request) const;

    // Hands on what comes, however it is cut, until the server hangs up or `take` is false.
    [[nodiscard]] Result<AdminReply> follow(
        const AdminRequest& request, const std::function<bool(std::string_view)>& take) const;

private:
    AdminClient(admin::Place place, std::string token)
        : place_{std::move(place)}, token_{std::move(token)} {}

    admin::Place place_;
    std::string token_;
};

}  // namespace turnpike
