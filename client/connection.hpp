// SPDX-License-Identifier: BSD-3-Clause
//
// A connected socket that sends and receives whole TURN messages with a time limit, over UDP, TCP,
// TLS or DTLS. For measuring programs: one message at a time, blocking in poll(). Not thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/failure.hpp"
#include "client/secure_channel.hpp"
#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/result.hpp"
#include "protocol/uri.hpp"

namespace turnpike::client {

using Clock = std::chrono::steady_clock;

struct ConnectSettings {
    std::chrono::milliseconds timeout{5000};  // for each step
    Trust trust{};
    std::optional<protocol::IpAddress> local{};  // where set, what the socket is bound to
};

class Connection {
public:
    // Resolves, connects, tries each address of the name in turn.
    [[nodiscard]] static protocol::Result<Connection, Failure> open(
        const protocol::Uri& uri, const ConnectSettings& settings);
    // The socket alone. A URI that asks for TLS or DTLS then needs secure().
    [[nodiscard]] static protocol::Result<Connection, Failure> connect(
        protocol::Transport transport, const protocol::Endpoint& server,
        const ConnectSettings& settings);
    // Shakes hands with the server, who has to prove that it is `host`.
    [[nodiscard]] protocol::Result<void, Failure> secure(const std::string& host,
                                                         const ConnectSettings& settings);

    Connection(Connection&& other) noexcept;
    Connection& operator=(Connection&& other) noexcept;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // False where the system refused; last_error() says why.
    [[nodiscard]] bool send(protocol::Bytes message);
    // The next whole message, or none when `until` passed or the connection broke. The view lives
    // until the next call.
    [[nodiscard]] std::optional<protocol::Bytes> receive(Clock::time_point until);

    [[nodiscard]] bool is_stream() const noexcept { return stream_; }
    [[nodiscard]] const protocol::Endpoint& server() const noexcept { return server_; }
    [[nodiscard]] const std::string& last_error() const noexcept { return error_; }
    // None where the messages travel in clear.
    [[nodiscard]] const std::optional<SecureChannel>& channel() const noexcept { return channel_; }
    [[nodiscard]] std::optional<SecureChannel>& channel() noexcept { return channel_; }
    // The socket, which stays the connection's: for who sends and receives by himself from here on.
    [[nodiscard]] int native_handle() const noexcept { return descriptor_; }

private:
    Connection(int descriptor, bool stream, protocol::Endpoint server);
    [[nodiscard]] bool wait_readable(Clock::time_point until);
    [[nodiscard]] bool read_more();
    [[nodiscard]] std::optional<std::size_t> read(protocol::MutableBytes buffer);

    int descriptor_;
    bool stream_;
    protocol::Endpoint server_;
    std::optional<SecureChannel> channel_;
    std::string error_;
    std::vector<std::byte> buffer_;  // what was read; a stream's unconsumed rest stays at the front
    std::size_t used_ = 0;
    std::size_t consumed_ = 0;  // by the message that receive() returned last
};

}  // namespace turnpike::client
