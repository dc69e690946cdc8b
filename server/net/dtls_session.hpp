// SPDX-License-Identifier: BSD-3-Clause
//
// One client's DTLS association as OpenSSL drives it, without a socket: datagrams in, messages out,
// and the reverse. It begins with a ClientHello whose cookie was good; what is malformed, replayed
// or not authentic is dropped without a trace, and only the client's own word (or time) ends it.
// What a client can make it keep during the handshake is bounded. Owned by one worker.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "protocol/bytes.hpp"
#include "server/net/datagram_bio.hpp"

namespace turnpike::net {

// One record, and so one message (RFC 6347 section 4.1).
inline constexpr std::size_t dtls_message_octets_max = 16384;
// The largest datagram of a handshake: its flights are never fragmented by IP (section 4.1.1.1).
inline constexpr long dtls_handshake_octets_max = 1200;

// Makes of a DTLS server's context one whose sessions start behind the cookie exchange.
void prepare_for_dtls(SSL_CTX& context) noexcept;

class DtlsSession {
public:
    enum class State : std::uint8_t {
        handshaking,
        open,    // messages both ways
        closed,  // the client said so
        failed,  // the handshake came to nothing
    };

    // `hello`: the client's datagram, whose cookie was verified. The context has been prepared.
    // None where the hello, or the lack of memory, does not let a handshake begin.
    [[nodiscard]] static std::unique_ptr<DtlsSession> accept(SSL_CTX& context,
                                                             protocol::Bytes hello,
                                                             DatagramBio::Send send);

    // What came from the client. It has been read when next() yields none, or has_more() is false.
    void receive(protocol::Bytes datagram);
    // The next message, written to `buffer`, which may be where the datagram stands.
    [[nodiscard]] std::optional<std::size_t> next(protocol::MutableBytes buffer);
    [[nodiscard]] bool has_more() const noexcept;

    // Another worker owns it from now on, or nobody yet: what it sends goes there. Nothing of a
    // datagram of this worker's stays in it.
    void redirect(DatagramBio::Send send);

    // As one datagram. False where it was dropped: too long, or there is nobody to read it.
    [[nodiscard]] bool send(protocol::Bytes message);
    // Says goodbye, once.
    void close() noexcept;

    // When a flight of the handshake is to be sent again: call on_time() then.
    [[nodiscard]] std::optional<std::chrono::microseconds> until_retransmission() noexcept;
    void on_time() noexcept;

    [[nodiscard]] State state() const noexcept { return state_; }

private:
    struct Free {
        void operator()(SSL* unused) const noexcept { SSL_free(unused); }
    };

    explicit DtlsSession(DatagramBio::Send send) : bio_{std::move(send)} {}
    [[nodiscard]] bool begin(SSL_CTX& context, protocol::Bytes hello);
    void shake_hands() noexcept;
    [[nodiscard]] protocol::Bytes admitted(protocol::Bytes datagram) noexcept;

    DatagramBio bio_;  // outlives ssl_
    std::unique_ptr<SSL, Free> ssl_;
    State state_ = State::handshaking;
    unsigned early_records_ = 0;
    bool just_opened_ = false;  // messages may have come before the handshake's end did
};

}  // namespace turnpike::net
