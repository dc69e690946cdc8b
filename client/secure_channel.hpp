// SPDX-License-Identifier: BSD-3-Clause
//
// TLS or DTLS over a socket that is connected and does not block, from a client's side, and a
// judgement of the server's certificate that a person can act on. Not thread-safe; the socket
// belongs to the caller and outlives it; the program ignores SIGPIPE.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "client/failure.hpp"
#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/result.hpp"

namespace turnpike::client {

// Whom to believe that a certificate is the server's.
struct Trust {
    std::string authorities{};  // PEM file; empty: those of the system
    bool verify = true;         // false: believe everybody
};

class SecureChannel {
public:
    struct Peer {
        protocol::Endpoint endpoint;
        std::string host;  // whose certificate it has to be: a name or an address
        bool datagrams = false;
    };

    // Shakes hands, until `until` at the latest.
    [[nodiscard]] static protocol::Result<SecureChannel, Failure> open(
        int socket, const Peer& peer, const Trust& trust,
        std::chrono::steady_clock::time_point until);

    // As one record. False where it could not be sent.
    [[nodiscard]] bool write(protocol::Bytes octets);
    // How many octets came; none where nothing is there now, 0 where the server has said goodbye
    // or the channel broke.
    [[nodiscard]] std::optional<std::size_t> read(protocol::MutableBytes buffer);
    // Says goodbye.
    void close() noexcept;
    // Something can be read although the socket is not readable.
    [[nodiscard]] bool holds_input() const noexcept;

    // "TLSv1.3 TLS_AES_256_GCM_SHA384, certificate of turn.example.org until 2027-01-31".
    [[nodiscard]] std::string description() const;

private:
    struct Free {
        void operator()(SSL_CTX* unused) const noexcept { SSL_CTX_free(unused); }
        void operator()(SSL* unused) const noexcept { SSL_free(unused); }
    };

    SecureChannel() = default;
    [[nodiscard]] protocol::Result<void, Failure> prepare(int socket, const Peer& peer,
                                                          const Trust& trust);
    [[nodiscard]] protocol::Result<void, Failure> shake_hands(
        int socket, const Peer& peer, std::chrono::steady_clock::time_point until);

    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace turnpike::client
