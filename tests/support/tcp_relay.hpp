// SPDX-License-Identifier: BSD-3-Clause
//
// For tests of TCP relays (RFC 6062) with real sockets: a peer that listens, and a client's
// connection that is joined to it.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "protocol/attributes.hpp"
#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/socket_client.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

class TcpPeer {
public:
    explicit TcpPeer(const char* address = "127.0.0.3:0")
        : listener_{std::move(*net::open_tcp_listener(endpoint(address)))} {}
    [[nodiscard]] protocol::Endpoint bound() const { return net::bound_to(listener_.get()); }
    // Whoever connects next, and from where.
    [[nodiscard]] TcpWire accept() {
        REQUIRE(wait_for(listener_.get(), POLLIN));
        auto accepted = net::accept_connection(listener_.get());
        REQUIRE(accepted.has_value());
        source = accepted->client;
        return TcpWire{std::move(accepted->socket)};
    }
    protocol::Endpoint source;

private:
    net::FileDescriptor listener_;
};

// A peer whose queue is full: a connection to it is neither made nor refused.
class SilentPeer {
public:
    SilentPeer() : listener_{std::move(*net::open_socket(protocol::Family::ipv4, SOCK_STREAM))} {
        REQUIRE_FALSE(net::bind_to(listener_, endpoint("127.0.0.3:0")));
        REQUIRE(::listen(listener_.get(), 0) == 0);
        // One is in the queue; the others are not answered.
        first_ = std::make_unique<TcpWire>(endpoint("127.0.0.4:0"), bound());
    }
    [[nodiscard]] protocol::Endpoint bound() const { return net::bound_to(listener_.get()); }

private:
    net::FileDescriptor listener_;
    std::unique_ptr<TcpWire> first_;
};

// The name that a success to Connect gives.
inline protocol::ConnectionId name_in(const std::optional<Answer>& answer) {
    REQUIRE(answer);
    REQUIRE(answer->success());
    return *protocol::connection_id(answer->message());
}

// A client's end of a peer data connection: a TURN client first, and then octets.
class DataConnection {
public:
    explicit DataConnection(SocketClient client) : client_{std::move(client)} {}

    std::optional<Answer> bind(protocol::ConnectionId connection) {
        return client_.bind_connection(connection);
    }
    [[nodiscard]] SocketClient& client() { return client_; }
    [[nodiscard]] TcpWire& wire() { return dynamic_cast<TcpWire&>(client_.wire()); }
    void hang_up() { client_.hang_up(); }

private:
    SocketClient client_;
};

// A client with an allocation, a peer that it is connected to, and their two connections.
struct Relayed {
    explicit Relayed(const config::Config& config = loopback_config()) : server{config} {
        REQUIRE(control.allocate_tcp()->success());
        const auto connection = name_in(control.connect(peer.bound()));
        at_peer.emplace(peer.accept());
        REQUIRE(data.bind(connection)->success());
    }
    RunningServer server;
    TcpPeer peer;
    SocketClient control = server.tcp_client();
    DataConnection data{server.tcp_client()};
    std::optional<TcpWire> at_peer;
};

// Sends and receives `text` at once, so that neither side waits for the other.
inline bool carries(TcpWire& from, TcpWire& to, const std::string& text) {
    std::thread sender{[&] { from.say(text); }};
    const std::string received = to.take(text.size());
    sender.join();
    return received == text;
}

}  // namespace turnpike::test
