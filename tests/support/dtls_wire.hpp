// SPDX-License-Identifier: BSD-3-Clause
//
// A client's way to the server over DTLS, on a UDP socket of its own or on one that had another
// association before.
#pragma once

#include <memory>
#include <stdexcept>

#include "tests/support/dtls_client.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

class DtlsWire final : public Wire {
public:
    DtlsWire(const protocol::Endpoint& local, const protocol::Endpoint& server)
        : DtlsWire{std::make_unique<UdpSocket>(local), server} {}
    DtlsWire(std::unique_ptr<UdpSocket> socket, const protocol::Endpoint& server)
        : socket_{std::move(socket)}, server_{server} {}

    // The whole handshake.
    [[nodiscard]] bool connect() {
        begin();
        while (!client_.open() && !client_.over()) {
            if (!step()) return false;
        }
        return client_.open();
    }
    // The first hello.
    void begin() { client_.shake_hands(); }
    // Takes in one datagram, and sends what comes of it.
    bool step(std::chrono::milliseconds timeout = patience) {
        const auto datagram = socket_->receive(timeout);
        if (!datagram) return false;
        client_.receive(protocol::as_octets(datagram->payload));
        return true;
    }

    [[nodiscard]] bool open() const { return client_.open(); }

    void send(protocol::Bytes message) override { client_.send(protocol::as_text(message)); }
    std::optional<Octets> receive(std::chrono::milliseconds timeout) override {
        while (client_.messages().empty()) {
            if (client_.over() || !step(timeout)) return std::nullopt;
        }
        const std::string text = client_.messages().front();
        client_.messages().pop_front();
        const auto octets = protocol::as_octets(text);
        return Octets{octets.begin(), octets.end()};
    }
    // True once the server has closed the association.
    [[nodiscard]] bool closed(std::chrono::milliseconds timeout = patience) {
        while (!client_.over()) {
            if (!step(timeout)) return false;
        }
        return true;
    }
    void close() { client_.close(); }
    [[nodiscard]] protocol::Endpoint local() const override { return socket_->bound(); }
    [[nodiscard]] bool is_stream() const override { return false; }

    // What leaves is held back and kept here while `held` is set.
    std::vector<Octets> datagrams;
    bool held = false;
    // Whatever a test likes, past the association.
    void send_raw(protocol::Bytes datagram) const { socket_->send(server_, datagram); }
    [[nodiscard]] const UdpSocket& socket() const { return *socket_; }
    // For the next association.
    [[nodiscard]] std::unique_ptr<UdpSocket> take_socket() { return std::move(socket_); }

private:
    std::unique_ptr<UdpSocket> socket_;
    protocol::Endpoint server_;
    DtlsClient client_{[this](protocol::Bytes datagram) {
        if (held) {
            datagrams.emplace_back(datagram.begin(), datagram.end());
        } else {
            socket_->send(server_, datagram);
        }
    }};
};

}  // namespace turnpike::test
