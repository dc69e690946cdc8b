// SPDX-License-Identifier: BSD-3-Clause
//
// A connected socket that sends and receives whole TURN messages with a time limit, over UDP or
// TCP. For measuring programs: one message at a time, blocking in poll(). Not thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/uri.hpp"
#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/result.hpp"

namespace turnpike::bench {

using Clock = std::chrono::steady_clock;

class Connection {
public:
    // Resolves, connects, tries each address of the name in turn.
    [[nodiscard]] static protocol::Result<Connection, Problem> open(
        const Uri& uri, std::chrono::milliseconds timeout);

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

private:
    Connection(int descriptor, bool stream, protocol::Endpoint server);
    [[nodiscard]] bool wait_readable(Clock::time_point until);
    [[nodiscard]] bool read_more();

    int descriptor_;
    bool stream_;
    protocol::Endpoint server_;
    std::string error_;
    std::vector<std::byte> buffer_;  // what was read; a stream's unconsumed rest stays at the front
    std::size_t used_ = 0;
    std::size_t consumed_ = 0;  // by the message that receive() returned last
};

}  // namespace turnpike::bench
