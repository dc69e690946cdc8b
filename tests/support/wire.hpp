// SPDX-License-Identifier: BSD-3-Clause
//
// Blocking sockets for tests, each receive with a time-out that only a failing test reaches. A Wire
// is a client's way to the server, over UDP or TCP.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/stream_framer.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::test {

using namespace std::chrono_literals;
using Octets = std::vector<std::byte>;

inline constexpr std::chrono::milliseconds patience = 10s;

inline protocol::Endpoint endpoint(std::string_view text) {
    const auto parsed = protocol::Endpoint::parse(text);
    if (!parsed) throw std::runtime_error{"no endpoint: " + std::string{text}};
    return *parsed;
}

inline bool wait_for(int socket, short events, std::chrono::milliseconds timeout = patience) {
    pollfd entry{socket, events, 0};
    return ::poll(&entry, 1, static_cast<int>(timeout.count())) == 1;
}

struct Datagram {
    protocol::Endpoint source;
    std::string payload;
    bool operator==(const Datagram&) const = default;
};

// A UDP socket with an address of its own: a client, or a peer.
class UdpSocket {
public:
    explicit UdpSocket(const protocol::Endpoint& where) {
        auto socket = net::open_socket(where.address.family(), SOCK_DGRAM);
        if (!socket || net::bind_to(*socket, where)) {
            throw std::runtime_error{"cannot bind " + where.to_string()};
        }
        socket_ = *std::move(socket);
    }

    void send(const protocol::Endpoint& to, protocol::Bytes payload) const {
        const net::SocketAddress address{to};
        (void)::sendto(socket_.get(), payload.data(), payload.size(), 0, address.data(),
                       address.size());
    }
    void send(const protocol::Endpoint& to, std::string_view payload) const {
        send(to, protocol::as_octets(payload));
    }
    [[nodiscard]] std::optional<Datagram> receive(
        std::chrono::milliseconds timeout = patience) const {
        if (!wait_for(socket_.get(), POLLIN, timeout)) return std::nullopt;
        std::string buffer(65536, '\0');
        net::SocketAddress source;
        socklen_t size = net::SocketAddress::capacity;
        const auto count =
            ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, source.data(), &size);
        if (count < 0) return std::nullopt;
        buffer.resize(static_cast<std::size_t>(count));
        return Datagram{source.endpoint(), buffer};
    }
    [[nodiscard]] protocol::Endpoint bound() const { return net::bound_to(socket_.get()); }
    // DSCP and ECN of what an IPv4 socket sends from now on.
    void mark(int traffic_class) const {
        (void)net::set_option(socket_, IPPROTO_IP, IP_TOS, traffic_class);
    }
    [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
    net::FileDescriptor socket_;
};

class Wire {
public:
    virtual ~Wire() = default;
    virtual void send(protocol::Bytes message) = 0;
    // One whole message; none when the time is up or the connection has ended.
    [[nodiscard]] virtual std::optional<Octets> receive(std::chrono::milliseconds timeout) = 0;
    [[nodiscard]] virtual protocol::Endpoint local() const = 0;
    [[nodiscard]] virtual bool is_stream() const = 0;
};

class UdpWire final : public Wire {
public:
    UdpWire(const protocol::Endpoint& local, const protocol::Endpoint& server)
        : socket_{local}, server_{server} {}

    void send(protocol::Bytes message) override { socket_.send(server_, message); }
    std::optional<Octets> receive(std::chrono::milliseconds timeout) override {
        const auto datagram = socket_.receive(timeout);
        if (!datagram || datagram->source != server_) return std::nullopt;
        const auto octets = protocol::as_octets(datagram->payload);
        return Octets{octets.begin(), octets.end()};
    }
    [[nodiscard]] protocol::Endpoint local() const override { return socket_.bound(); }
    [[nodiscard]] bool is_stream() const override { return false; }
    void mark(int traffic_class) const { socket_.mark(traffic_class); }

private:
    UdpSocket socket_;
    protocol::Endpoint server_;
};

class TcpWire final : public Wire {
public:
    TcpWire(const protocol::Endpoint& local, const protocol::Endpoint& server,
            int receive_buffer = 0) {
        auto socket = net::open_socket(server.address.family(), SOCK_STREAM);
        if (!socket) throw std::runtime_error{"no socket"};
        socket_ = *std::move(socket);
        if (receive_buffer != 0) {
            (void)net::set_option(socket_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
        }
        (void)net::set_option(socket_, SOL_SOCKET, SO_REUSEADDR, 1);
        const net::SocketAddress address{server};
        if (net::bind_to(socket_, local) ||
            (::connect(socket_.get(), address.data(), address.size()) != 0 &&
             errno != EINPROGRESS) ||
            !wait_for(socket_.get(), POLLOUT)) {
            throw std::runtime_error{"cannot connect to " + server.to_string()};
        }
    }

    void send(protocol::Bytes octets) override {
        while (!octets.empty() && wait_for(socket_.get(), POLLOUT)) {
            const auto count = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
            if (count < 0) return;
            octets = octets.subspan(static_cast<std::size_t>(count));
        }
    }
    std::optional<Octets> receive(std::chrono::milliseconds timeout) override {
        while (true) {
            const auto frame = protocol::next_frame(buffer_, protocol::ChannelRange::rfc5766);
            if (frame.state == protocol::Frame::State::complete) {
                Octets message{frame.message.begin(), frame.message.end()};
                buffer_.erase(buffer_.begin(),
                              buffer_.begin() + static_cast<std::ptrdiff_t>(frame.octets));
                return message;
            }
            if (frame.state == protocol::Frame::State::broken || !read_more(timeout)) {
                return std::nullopt;
            }
        }
    }
    // True once the server has closed the connection.
    [[nodiscard]] bool closed(std::chrono::milliseconds timeout = patience) {
        while (read_more(timeout)) buffer_.clear();
        return closed_;
    }
    void half_close() { ::shutdown(socket_.get(), SHUT_WR); }
    // Accepted, or opened some other way.
    explicit TcpWire(net::FileDescriptor socket) : socket_{std::move(socket)} {}
    // So many octets of the stream as they are; fewer where it ends or the time is up.
    [[nodiscard]] std::string take(std::size_t octets) {
        while (buffer_.size() < octets && read_more(patience)) {
        }
        const std::size_t there = std::min(octets, buffer_.size());
        std::string text{protocol::as_text(protocol::Bytes{buffer_}.first(there))};
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(there));
        return text;
    }
    void say(std::string_view text) { send(protocol::as_octets(text)); }
    // As much as is taken at once.
    std::size_t push(std::string_view text) const {
        const auto count =
            ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    // Ends without a word: the other side gets a RST.
    void reset() {
        const linger at_once{1, 0};
        (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        socket_ = {};
    }
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
    [[nodiscard]] protocol::Endpoint local() const override { return net::bound_to(socket_.get()); }
    [[nodiscard]] bool is_stream() const override { return true; }

private:
    bool read_more(std::chrono::milliseconds timeout) {
        if (closed_ || !wait_for(socket_.get(), POLLIN, timeout)) return false;
        Octets fresh(65536);
        const auto count = ::recv(socket_.get(), fresh.data(), fresh.size(), 0);
        closed_ = count <= 0;
        if (closed_) return false;
        buffer_.insert(buffer_.end(), fresh.begin(), fresh.begin() + count);
        return true;
    }

    net::FileDescriptor socket_;
    Octets buffer_;
    bool closed_ = false;
};

}  // namespace turnpike::test
