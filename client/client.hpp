// SPDX-License-Identifier: BSD-3-Clause
//
// A TURN client over one Connection: transactions with retransmission (RFC 8489 section 6.2),
// the long-term credential mechanism, and the few requests that a measurement needs. Blocking, for
// measuring programs. Not thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auth/login.hpp"
#include "client/connection.hpp"
#include "client/failure.hpp"
#include "protocol/attributes.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::client {

using Login = auth::Login;

struct Answer {
    protocol::Message message;            // a view into the connection, until the next transaction
    std::chrono::nanoseconds round_trip;  // of the last request; a challenge before it not counted
};

struct Allocation {
    protocol::Endpoint relayed;
    protocol::Endpoint mapped;
    std::chrono::seconds lifetime{0};
};

class Client {
public:
    using Fill = std::function<void(protocol::MessageBuilder&)>;

    Client(Connection connection, std::chrono::milliseconds timeout);

    // From the next request on; a challenge is answered once, a stale nonce once more.
    void log_in(Login login) { login_ = std::move(login); }
    // No request waits for its answer longer than this, whatever the timeout.
    void give_up_at(Clock::time_point until) { until_ = until; }

    [[nodiscard]] protocol::Result<protocol::Endpoint, Failure> binding();
    // Of this family; none: as the server likes, which is IPv4 (RFC 8656 section 7.1).
    [[nodiscard]] protocol::Result<Allocation, Failure> allocate(
        std::optional<protocol::Family> family = {});
    [[nodiscard]] protocol::Result<void, Failure> refresh(std::chrono::seconds lifetime);
    [[nodiscard]] protocol::Result<void, Failure> permit(const protocol::Endpoint& peer);
    [[nodiscard]] protocol::Result<void, Failure> bind_channel(std::uint16_t number,
                                                               const protocol::Endpoint& peer);
    [[nodiscard]] bool send_channel(std::uint16_t number, protocol::Bytes payload);
    // The next ChannelData on this channel; anything else that comes is passed over.
    [[nodiscard]] std::optional<protocol::Bytes> receive_channel(std::uint16_t number,
                                                                 Clock::time_point until);

    // Of the last transaction that succeeded.
    [[nodiscard]] std::chrono::nanoseconds round_trip() const noexcept { return round_trip_; }
    [[nodiscard]] const std::string& realm() const noexcept { return realm_; }
    [[nodiscard]] const protocol::Endpoint& server() const noexcept { return connection_.server(); }
    [[nodiscard]] Connection& connection() noexcept { return connection_; }

    // For who takes the answers in by himself: a request as the challenges so far have it, empty
    // where it does not fit.
    [[nodiscard]] std::vector<std::byte> prepare(protocol::Method method, const Fill& fill) const;
    // True where an answer is a challenge, taken up now: what it answers is to be asked again.
    bool take_up(protocol::Bytes answer);

private:
    [[nodiscard]] protocol::Result<Answer, Failure> request(protocol::Method method,
                                                            const Fill& fill);
    [[nodiscard]] protocol::Result<Answer, Failure> transact(protocol::Method method,
                                                             const Fill& fill);
    [[nodiscard]] protocol::Result<Answer, Failure> await(const protocol::TransactionId& id,
                                                          protocol::Bytes octets);
    [[nodiscard]] bool accept_challenge(const protocol::Message& answer);
    void sign(protocol::MessageBuilder& builder) const;

    Connection connection_;
    std::chrono::milliseconds timeout_;
    Clock::time_point until_ = Clock::time_point::max();
    std::optional<Login> login_;
    std::string realm_;
    std::string nonce_;
    protocol::Key key_;
    std::chrono::nanoseconds round_trip_{0};
};

}  // namespace turnpike::client
