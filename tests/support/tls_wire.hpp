// SPDX-License-Identifier: BSD-3-Clause
//
// A client's way to the server over TLS, on a real socket. What the client offers is set on
// client() before shake_hands().
#pragma once

#include <algorithm>
#include <utility>

#include "tests/support/tls_client.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

class TlsWire final : public Wire {
public:
    TlsWire(const protocol::Endpoint& local, const protocol::Endpoint& server, int version = 0)
        : client_{version} {
        auto socket = net::open_socket(server.address.family(), SOCK_STREAM);
        if (!socket) throw std::runtime_error{"no socket"};
        socket_ = *std::move(socket);
        const net::SocketAddress address{server};
        if (net::bind_to(socket_, local) ||
            (::connect(socket_.get(), address.data(), address.size()) != 0 &&
             errno != EINPROGRESS) ||
            !wait_for(socket_.get(), POLLOUT)) {
            throw std::runtime_error{"cannot connect to " + server.to_string()};
        }
    }

    // As it is, in front of TLS or in place of it.
    void send_raw(protocol::Bytes octets) {
        while (!octets.empty() && wait_for(socket_.get(), POLLOUT)) {
            const auto count = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
            if (count < 0) return;
            octets = octets.subspan(static_cast<std::size_t>(count));
        }
    }
    void send_raw(std::string_view text) { send_raw(protocol::as_octets(text)); }
    // False where the server does not want to.
    bool shake_hands() {
        client_.begin();
        flush();
        while (!client_.open() && !client_.over()) {
            if (!read_more(patience)) return false;
        }
        return client_.open();
    }

    void send(protocol::Bytes message) override {
        client_.send(protocol::as_text(message));
        flush();
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
    // One record, or nothing where the one before has not left yet.
    std::size_t push(std::string_view text) {
        if (unsent_.empty()) {
            const std::string_view next = text.substr(0, 16384);
            client_.send(next);
            unsent_ = client_.output();
            push_unsent();
            return next.size();
        }
        push_unsent();
        return 0;
    }
    // The rest of what push() took.
    void finish_push() { send_raw(std::exchange(unsent_, {})); }
    // Ends without a word: the other side gets a RST.
    void reset() {
        const linger at_once{1, 0};
        (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        socket_ = {};
    }
    // Says that no more comes, and may still read.
    void close_notify() {
        client_.close();
        flush();
    }
    // True once the server has closed the connection.
    [[nodiscard]] bool closed(std::chrono::milliseconds timeout = patience) {
        while (read_more(timeout)) buffer_.clear();
        return closed_;
    }
    // How many octets each record held that has come so far.
    [[nodiscard]] const std::vector<std::size_t>& records() const { return records_; }
    [[nodiscard]] TlsClient& client() { return client_; }
    [[nodiscard]] protocol::Endpoint local() const override { return net::bound_to(socket_.get()); }
    [[nodiscard]] bool is_stream() const override { return true; }
    [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
    void flush() { send_raw(client_.output()); }
    void push_unsent() {
        const auto count =
            ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count > 0) unsent_.erase(unsent_.begin(), unsent_.begin() + count);
    }

    bool read_more(std::chrono::milliseconds timeout) {
        if (closed_ || !wait_for(socket_.get(), POLLIN, timeout)) return false;
        Octets fresh(65536);
        const auto count = ::recv(socket_.get(), fresh.data(), fresh.size(), 0);
        closed_ = count <= 0;
        if (closed_) return false;
        client_.receive(protocol::Bytes{fresh}.first(static_cast<std::size_t>(count)));
        flush();
        for (const std::string& record : client_.records()) {
            records_.push_back(record.size());
            const auto octets = protocol::as_octets(record);
            buffer_.insert(buffer_.end(), octets.begin(), octets.end());
        }
        client_.records().clear();
        return true;
    }

    TlsClient client_;
    net::FileDescriptor socket_;
    Octets buffer_;
    Octets unsent_;
    std::vector<std::size_t> records_;
    bool closed_ = false;
};

}  // namespace turnpike::test
