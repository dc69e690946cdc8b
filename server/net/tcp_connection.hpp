// SPDX-License-Identifier: BSD-3-Clause
//
// One client's byte stream, plain or under TLS: whole messages out of it, whole messages into it.
// What is read goes through a buffer that all connections of a worker share; only a half message
// stays behind in memory of the connection's own, which grows as octets come and not as lengths
// promise. What the client does not read waits in a bounded queue: data messages that do not fit
// are dropped whole, so the stream stays in step; an answer that does not fit is reported, and the
// connection has to be cut. Knows no clock and no readiness. Owned by one worker; the descriptor
// belongs to the caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/classify.hpp"
#include "protocol/stream_framer.hpp"
#include "server/net/tls_session.hpp"

namespace turnpike::net {

class TcpConnection {
public:
    enum class Input : std::uint8_t {
        some,    // take messages with next()
        none,    // nothing there now
        end,     // the client sends no more, and may still read
        failed,  // the connection is gone
    };
    enum class Output : std::uint8_t {
        done,     // nothing waits
        blocked,  // wait until it is writable
        failed,   // the connection is gone
    };

    // What `shared` has room for, at the least.
    static constexpr std::size_t least_shared_octets = 3 * tls_record_octets_max;

    TcpConnection(int socket, protocol::ChannelRange channels, std::size_t queue_octets_max)
        : socket_{socket}, channels_{channels}, queue_octets_max_{queue_octets_max} {}

    // All of the stream is TLS, from its first octet. Before anything else.
    void secure(std::unique_ptr<TlsSession> tls) { tls_ = std::move(tls); }
    // These were read before the connection was made: read() yields them first.
    void begin_with(std::vector<std::byte> octets) { early_ = std::move(octets); }

    // Reads once into `shared`, which must stay as it is until next() has yielded nothing. Under
    // TLS there may be some and still no message.
    [[nodiscard]] Input read(protocol::MutableBytes shared);
    // What the next read() will say without looking: under TLS the end is part of what was read.
    [[nodiscard]] std::optional<Input> ended() const noexcept;
    // The next whole message; its views live until the following read(), so that payloads may wait
    // in a batch. None: a half message or nothing is left, or the stream is broken. It is broken
    // too where it begins with ChannelData: nobody has a channel before the first request, but "GET
    // /" reads like one (RFC 8489 section 6.3).
    [[nodiscard]] std::optional<protocol::Frame> next();
    // The message that next() yielded last was not handled: next() yields it again, and then what
    // follows it. Nothing of `shared` is needed any more, so the connection can go elsewhere.
    void take_back();
    // The same, but the message was handled.
    void detach();
    // What follows the message that was handled last is none: what detach() kept, and then, after
    // each read() that yields some, the octets as they came. In place of next().
    [[nodiscard]] std::vector<std::byte> take_ahead();
    [[nodiscard]] protocol::Bytes take_octets();
    [[nodiscard]] bool broken() const noexcept { return broken_; }
    [[nodiscard]] bool has_half_message() const noexcept { return !half_.empty(); }

    // Nothing is written before flush(), so that everything a turn yields leaves together.
    // False: no room; nothing was queued.
    [[nodiscard]] bool queue_data(protocol::Bytes message);
    [[nodiscard]] bool queue_answer(protocol::Bytes message);
    [[nodiscard]] Output flush();
    // Gives back the memory that the last messages needed. Not while views of them live.
    void rest() noexcept;
    // Nothing is queued any more; what a goodbye takes is written as far as there is room for it.
    void close();
    // What waits, answers to the handshake included.
    [[nodiscard]] std::size_t queued() const noexcept;
    // More waits than messages could make: TLS answers a client that does not read.
    [[nodiscard]] bool overflows() const noexcept {
        return queued() > queue_octets_max_ + 2 * answer_reserve;
    }
    // Nothing is queued any more: once all has been written the client is told that no more comes.
    // To be called until it is done.
    [[nodiscard]] Output end_output();
    // What is read and written is what the socket carries, once nothing is queued.
    [[nodiscard]] bool is_plain() const noexcept { return !tls_; }
    [[nodiscard]] int socket() const noexcept { return socket_; }
    // Octets that the kernel took, ever: whoever reads slowly still makes it grow.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }
    [[nodiscard]] const TlsSession* tls() const noexcept { return tls_.get(); }

private:
    [[nodiscard]] std::optional<std::size_t> receive(protocol::MutableBytes buffer, Input& reason);
    [[nodiscard]] Output write(protocol::Bytes octets, std::size_t& sent);
    [[nodiscard]] Output flush_plain();
    [[nodiscard]] Output flush_records();
    [[nodiscard]] protocol::Frame examine(protocol::Bytes stream) noexcept;
    [[nodiscard]] std::optional<protocol::Frame> finish_half();
    [[nodiscard]] bool queue(protocol::Bytes message, std::size_t limit);
    void keep(protocol::Bytes first);

    // Answers are small and few; they still fit when data has filled the queue.
    static constexpr std::size_t answer_reserve = 16384;

    // Constant after construction.
    int socket_;
    protocol::ChannelRange channels_;
    std::size_t queue_octets_max_;
    // Owned by the worker.
    std::unique_ptr<TlsSession> tls_;  // null: plain
    std::vector<std::byte> early_;     // for the next read()
    protocol::Bytes fresh_;            // of `shared` or kept_: read and not yet taken
    std::vector<std::byte> kept_;      // what was taken back
    protocol::Bytes last_;             // the message that next() yielded last, padding included
    std::vector<std::byte> half_;      // the beginning of a message
    std::vector<std::byte> whole_;     // what became of it, as next() yielded it
    bool spoke_stun_ = false;          // the first message has come
    bool broken_ = false;
    std::vector<std::byte> out_;
    std::size_t out_sent_ = 0;
    std::uint64_t written_ = 0;
};

}  // namespace turnpike::net
