// SPDX-License-Identifier: BSD-3-Clause
//
// The admin interface without its sockets: a request goes in, an answer comes out. The gate, rates
// (by what the gate saw), the table of routes and the rules for web pages are applied here, to
// every request and in this order. The admin thread's.
#pragma once

#include <cstddef>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "protocol/time.hpp"
#include "server/admin/desk.hpp"
#include "server/admin/exchange.hpp"
#include "server/admin/gate.hpp"
#include "server/admin/router.hpp"

namespace turnpike::admin {

class Api {
public:
    // Who is asked; all of them outlive it. None: that part answers 503.
    struct Parts {
        Backend& backend;
        EventSource* events = nullptr;
        storage::Database* database = nullptr;
    };
    Api(const Parts& parts, Settings settings);

    [[nodiscard]] boost::asio::awaitable<Answer> handle(const Request& request,
                                                        protocol::Moment now);

    // From now on. Requests that are being answered may see either.
    void apply(Settings settings);

    [[nodiscard]] const Router& router() const noexcept { return router_; }

private:
    [[nodiscard]] boost::asio::awaitable<Answer> find_answer(const Request& request,
                                                             protocol::Moment now);
    // None: it may. Whoever may not is told when to come back.
    [[nodiscard]] std::optional<Answer> count(const Request& request, const Admission& admission,
                                              protocol::TimePoint now);

    Desk desk_;
    Router router_;
};

// What a request may carry.
inline constexpr std::size_t body_octets_max = 64 * 1024;

}  // namespace turnpike::admin
