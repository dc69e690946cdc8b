// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the server is ready, asked of it at most once a second however many want to know: who
// comes while it is asked waits for that answer. The admin thread's.
#pragma once

#include <chrono>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "protocol/time.hpp"
#include "server/admin/backend.hpp"

namespace turnpike::admin {

class Probe {
public:
    static constexpr std::chrono::seconds good_for{1};

    explicit Probe(Backend& backend) noexcept : backend_{backend} {}

    [[nodiscard]] boost::asio::awaitable<Readiness> ask(protocol::TimePoint now);

private:
    Backend& backend_;
    std::optional<Readiness> last_;
    protocol::TimePoint asked_at_{};
    std::optional<boost::asio::steady_timer> answered_;  // while the server is being asked
};

}  // namespace turnpike::admin
