// SPDX-License-Identifier: BSD-3-Clause
//
// One client's TLS connection as OpenSSL drives it, without a socket: what the client sent in,
// plaintext out, and the reverse. It keeps nothing of what came but the record that is not whole
// yet; what is to be sent waits until it was taken. Renegotiation ends it. Owned by one worker, and
// may be handed to another. Idle ones are many, so OpenSSL keeps nothing that only a handshake
// needs, or only a call.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "protocol/bytes.hpp"
#include "server/net/openssl.hpp"

namespace turnpike::net {

// The most that one record carries (RFC 8446 section 5.1).
inline constexpr std::size_t tls_record_octets_max = 16384;

class TlsSession {
public:
    enum class State : std::uint8_t {
        handshaking,
        open,    // plaintext both ways
        ending,  // the client sends no more, and may still read (close_notify)
        failed,
    };
    // Why it failed.
    enum class Failure : std::uint8_t {
        none,
        not_tls,
        version,
        no_shared_cipher,
        no_application_protocol,
        alert,  // the client's own word
        renegotiation,
        other,
    };

    // None where there is no memory.
    [[nodiscard]] static std::unique_ptr<TlsSession> accept(SSL_CTX& context);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    // Takes all of what came and writes the plaintext of it to the buffer, which has room for as
    // much and one record more. How many octets that are: none, mostly, during the handshake.
    [[nodiscard]] std::size_t receive(protocol::Bytes ciphertext, protocol::MutableBytes plaintext);

    // Adds records with the plaintext to the output: one, as long as it fits into one.
    [[nodiscard]] bool send(protocol::Bytes plaintext);
    // Says goodbye, once.
    void close() noexcept;

    // What is to be sent to the client; lives until the next call.
    [[nodiscard]] protocol::Bytes output() const noexcept;
    // So much of it was.
    void sent(std::size_t octets);
    // Nothing waits: the memory that what was sent needed is given back.
    void rest() noexcept;

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] Failure failure() const noexcept { return failure_; }
    // The handshake was a short one.
    [[nodiscard]] bool resumed() const noexcept;

private:
    class Link;

    TlsSession() = default;
    [[nodiscard]] bool begin(SSL_CTX& context);
    void shake_hands() noexcept;
    void forget_handshake() noexcept;
    void fail() noexcept;
    [[nodiscard]] bool writable() const noexcept;

    static const BIO_METHOD* method();
    static TlsSession& owner_of(BIO* bio) noexcept;
    static int read(BIO* bio, char* buffer, int size);
    static int write(BIO* bio, const char* octets, int size);
    static long control(BIO* bio, int command, long number, void* pointer);
    static void watch(const SSL* ssl, int what, int value);

    OpensslPtr<SSL> ssl_;
    protocol::Bytes input_;          // for the time of a call
    std::vector<std::byte> output_;  // what OpenSSL wrote
    std::size_t sent_ = 0;           // of that
    State state_ = State::handshaking;
    Failure failure_ = Failure::none;
    bool is_greeting_ = true;  // what is sent is larger than anything that follows it
    bool renegotiates_ = false;
    bool said_goodbye_ = false;
};

}  // namespace turnpike::net
