// SPDX-License-Identifier: BSD-3-Clause
//
// A scripted server for tests of client code: one UDP or TCP socket on loopback, one thread, and a
// function that answers each message. Ends with its scope.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "protocol/bytes.hpp"

namespace turnpike::test {

class LoopbackServer {
public:
    // What to send back for one read; empty: nothing.
    using Answer = std::function<std::vector<std::byte>(protocol::Bytes)>;

    LoopbackServer(int socket_type, Answer answer)
        : listener_{socket(AF_INET, socket_type | SOCK_CLOEXEC, 0)}, answer_{std::move(answer)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
            (socket_type == SOCK_STREAM && listen(listener_, 1) != 0) || pipe(stop_.data()) != 0) {
            throw std::runtime_error{"no loopback socket"};
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this, socket_type] { serve(socket_type == SOCK_STREAM); }};
    }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer() {
        close(stop_[1]);
        thread_.join();
        close(stop_[0]);
        close(listener_);
    }

    [[nodiscard]] std::string host_and_port() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    [[nodiscard]] bool readable(int descriptor) const {
        std::array<pollfd, 2> waiting{pollfd{descriptor, POLLIN, 0}, pollfd{stop_[0], POLLIN, 0}};
        poll(waiting.data(), waiting.size(), -1);
        return waiting[1].revents == 0;
    }

    void serve(bool stream) {
        int peer = listener_;
        if (stream) {
            if (!readable(listener_)) return;
            peer = accept(listener_, nullptr, nullptr);
        }
        std::vector<std::byte> buffer(65536);
        while (readable(peer)) {
            sockaddr_in from{};
            socklen_t size = sizeof from;
            auto* name = reinterpret_cast<sockaddr*>(&from);
            const ssize_t count = recvfrom(peer, buffer.data(), buffer.size(), 0, name, &size);
            if (count <= 0) break;
            const auto reply =
                answer_(protocol::Bytes{buffer}.first(static_cast<std::size_t>(count)));
            if (reply.empty()) continue;
            if (sendto(peer, reply.data(), reply.size(), MSG_NOSIGNAL, stream ? nullptr : name,
                       stream ? 0 : size) < 0) {
                break;
            }
        }
        if (stream) close(peer);
    }

    int listener_;
    Answer answer_;
    std::uint16_t port_ = 0;
    std::array<int, 2> stop_{};
    std::thread thread_;
};

}  // namespace turnpike::test
