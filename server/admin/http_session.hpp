// SPDX-License-Identifier: BSD-3-Clause
//
// One connection: requests are read, answered one after the other, however they come, and kept
// within bounds of octets and time. Boost.Beast reads HTTP. A coroutine of the admin thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "protocol/address.hpp"
#include "server/admin/api.hpp"
#include "server/admin/event_hub.hpp"
#include "server/telemetry/log.hpp"

namespace turnpike::admin {

struct HttpLimits {
    std::chrono::milliseconds request{30'000};    // to say all of one, and between two
    std::chrono::milliseconds answer{10'000};     // to take all of one
    std::chrono::milliseconds heartbeat{15'000};  // of a stream without events
    std::size_t header_octets = 16 * 1024;
    std::size_t connections = 128;
    // The same of one address: others are let in beside it.
    std::size_t connections_of_address = 64;
};

// What every connection works with; outlives them.
struct HttpService {
    Api& api;
    EventHub* hub = nullptr;  // none: there are no events
    telemetry::Log& log;
    HttpLimits limits{};
};

using HttpSocket = boost::asio::generic::stream_protocol::socket;

// Returns when the connection is over. `client`: none over a Unix socket.
[[nodiscard]] boost::asio::awaitable<void> serve_http(HttpSocket socket,
                                                      std::optional<protocol::IpAddress> client,
                                                      HttpService& service);

}  // namespace turnpike::admin
