// SPDX-License-Identifier: BSD-3-Clause
//
// A UDP socket for tests that link nothing of server/net. A receive ends with a time-out that only
// a failing test reaches.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <stdexcept>

#include "protocol/address.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::test {

class PlainSocket {
public:
    explicit PlainSocket(const protocol::Endpoint& where)
        : number_{
              ::socket(where.address.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        const Name name{where};
        if (::bind(number_, name.get(), name.size) != 0) {
            throw std::runtime_error{"cannot bind " + where.to_string()};
        }
    }
    PlainSocket(const PlainSocket&) = delete;
    PlainSocket& operator=(const PlainSocket&) = delete;
    ~PlainSocket() { ::close(number_); }

    void send(const protocol::Endpoint& to, protocol::Bytes payload) const {
        const Name name{to};
        if (::sendto(number_, payload.data(), payload.size(), 0, name.get(), name.size) < 0) {
            throw std::runtime_error{"cannot send to " + to.to_string()};
        }
    }
    [[nodiscard]] std::optional<Octets> receive() const {
        pollfd wait{number_, POLLIN, 0};
        if (::poll(&wait, 1, patience_ms) != 1) return std::nullopt;
        Octets octets(65536);
        const auto size = ::recv(number_, octets.data(), octets.size(), 0);
        octets.resize(static_cast<std::size_t>(size));
        return octets;
    }

private:
    static constexpr int patience_ms = 10'000;

    struct Name {
        sockaddr_storage storage{};
        socklen_t size = 0;

        explicit Name(const protocol::Endpoint& endpoint) {
            const auto octets = endpoint.address.octets();
            const std::uint16_t port = htons(endpoint.port);
            if (endpoint.address.is_v4()) {
                sockaddr_in name{.sin_family = AF_INET, .sin_port = port, .sin_addr{}, .sin_zero{}};
                std::memcpy(&name.sin_addr, octets.data(), octets.size());
                std::memcpy(&storage, &name, size = sizeof name);
            } else {
                sockaddr_in6 name{};
                name.sin6_family = AF_INET6;
                name.sin6_port = port;
                std::memcpy(&name.sin6_addr, octets.data(), octets.size());
                std::memcpy(&storage, &name, size = sizeof name);
            }
        }
        [[nodiscard]] const sockaddr* get() const {
            return reinterpret_cast<const sockaddr*>(&storage);
        }
    };

    int number_;
};

}  // namespace turnpike::test
