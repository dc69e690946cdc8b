// SPDX-License-Identifier: BSD-3-Clause
//
// The admin interface as it runs: one thread with a loop of its own, which accepts connections and
// never waits. The thread begins with the object and ends with stop(); whoever was handed a handler
// by then may still call it, until the object goes: so it goes after they have ended.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "server/admin/api.hpp"
#include "server/admin/event_hub.hpp"
#include "server/admin/http_session.hpp"
#include "server/admin/listener.hpp"
#include "server/admin/settings.hpp"
#include "server/telemetry/log.hpp"
#include "storage/database.hpp"

namespace turnpike::admin {

class Server {
public:
    // All of them outlive it.
    struct Parts {
        Backend& backend;
        EventSource* events = nullptr;  // none: no stream
        telemetry::Log& log;
    };
    struct Options {
        Settings settings{};
        std::string storage_url{};  // empty: no users and calls
        HttpLimits limits{};
    };
    Server(Listener listener, const Parts& parts, Options options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // From now on. By any thread.
    void apply(Settings settings);

    // Cuts every connection; returns when the thread has ended. By the thread that made it.
    void stop();

private:
    class Guest;

    void run();
    [[nodiscard]] boost::asio::awaitable<void> accept();
    [[nodiscard]] boost::asio::awaitable<void> attend(HttpSocket socket,
                                                      std::optional<protocol::IpAddress> client);
    [[nodiscard]] bool has_room(const std::optional<protocol::IpAddress>& client) const;

    // Constant after construction.
    Listener listener_;
    telemetry::Log& log_;
    // The admin thread's. What connections give back when they end outlives the loop that ends
    // them.
    std::map<std::optional<protocol::IpAddress>, std::size_t> connections_;
    std::size_t connections_in_all_ = 0;
    std::optional<EventHub> hub_;
    boost::asio::io_context io_{1};
    std::unique_ptr<storage::Database> database_;
    Api api_;
    HttpService service_;
    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;

    std::thread thread_;  // started last, when everything it touches exists
};

}  // namespace turnpike::admin
