// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/server.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <system_error>
#include <utility>

#include "server/net/socket_address.hpp"
#include "storage/open.hpp"
#include "storage/statements.hpp"

namespace turnpike::admin {
namespace {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

// One connection is enough for operators, and nobody here asks what others have changed.
constexpr storage::Settings database_settings{.connections = 1, .poll = std::chrono::hours{24}};

// None: it came over a Unix socket.
[[nodiscard]] std::optional<protocol::IpAddress> address_of(const Protocol::endpoint& endpoint) {
    const int family = endpoint.data()->sa_family;
    if (family != AF_INET && family != AF_INET6) return std::nullopt;
    net::SocketAddress address;
    std::memcpy(address.data(), endpoint.data(),
                std::min<std::size_t>(endpoint.size(), net::SocketAddress::capacity));
    return address.endpoint().address;
}

// The loop that listens has a descriptor of its own: the listener keeps the one that it opened.
[[nodiscard]] asio::basic_socket_acceptor<Protocol> acceptor_of(asio::io_context& io,
                                                                int descriptor) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) throw std::system_error{errno, std::system_category(), "admin.listen"};
    int family = 0;
    socklen_t size = sizeof family;
    ::getsockopt(copy, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return {io, Protocol{family, 0}, copy};
}

[[nodiscard]] std::unique_ptr<storage::Database> database_of(asio::io_context& io,
                                                             const std::string& url) {
    if (url.empty()) return nullptr;
    auto database =
        storage::open_database(io, url, database_settings, storage::operator_statements());
    database->start({.changed = [](const storage::Change&) {},
                     .restored = [] {},
                     .lost = [](const storage::Failure&) {}});
    return database;
}

}  // namespace

// Counts a connection while it lives.
class Server::Guest {
public:
    Guest(Server& server, const std::optional<protocol::IpAddress>& client)
        : server_{server}, client_{client} {
        ++server_.connections_[client_];
        ++server_.connections_in_all_;
    }
    ~Guest() {
        --server_.connections_in_all_;
        if (--server_.connections_[client_] == 0) server_.connections_.erase(client_);
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

private:
    Server& server_;
    std::optional<protocol::IpAddress> client_;
};

Server::Server(Listener listener, const Parts& parts, Options options)
    : listener_{std::move(listener)},
      log_{parts.log},
      database_{database_of(io_, options.storage_url)},
      api_{{.backend = parts.backend, .events = parts.events, .database = database_.get()},
           std::move(options.settings)},
      service_{.api = api_, .log = parts.log, .limits = options.limits},
      acceptor_{acceptor_of(io_, listener_.descriptor())} {
    if (parts.events != nullptr) {
        hub_.emplace(io_, *parts.events);
        service_.hub = &*hub_;
    }
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::thread{[this] { run(); }};
}

Server::~Server() {
    stop();
}

void Server::stop() {
    if (hub_) hub_->silence();
    io_.stop();
    if (thread_.joinable()) thread_.join();
}

void Server::apply(Settings settings) {
    asio::post(io_, [this, settings = std::move(settings)] { api_.apply(settings); });
}

// A mistake of ours in one connection ends that one.
void Server::run() {
    while (!io_.stopped()) {
        try {
            io_.run();
        } catch (const std::exception& failure) {
            log_.error(telemetry::Area::admin, "admin connection failed",
                       {{"what", std::string{failure.what()}}});
        }
    }
}

asio::awaitable<void> Server::accept() {
    constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
    constexpr std::chrono::milliseconds pause{100};
    asio::steady_timer timer{io_};
    for (;;) {
        Protocol::endpoint from;
        auto [failure, socket] = co_await acceptor_.async_accept(from, as_tuple);
        if (failure) {  // no descriptors are left, as a rule: connections wait until some are
            timer.expires_after(pause);
            static_cast<void>(co_await timer.async_wait(as_tuple));
            continue;
        }
        const auto client = address_of(from);
        if (!has_room(client)) continue;
        asio::co_spawn(io_, attend(std::move(socket), client), asio::detached);
    }
}

asio::awaitable<void> Server::attend(HttpSocket socket, std::optional<protocol::IpAddress> client) {
    const Guest guest{*this, client};
    co_await serve_http(std::move(socket), client, service_);
}

bool Server::has_room(const std::optional<protocol::IpAddress>& client) const {
    const auto found = connections_.find(client);
    return connections_in_all_ < service_.limits.connections &&
           (found == connections_.end() || found->second < service_.limits.connections_of_address);
}

}  // namespace turnpike::admin
