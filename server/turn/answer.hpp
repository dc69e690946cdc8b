// SPDX-License-Identifier: BSD-3-Clause
//
// What goes back to the sender of a request. Whoever proved nothing gets as few octets as the RFC
// allows, because the sender's address may be forged; whoever did gets a signed answer.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "auth/authenticator.hpp"
#include "protocol/error_code.hpp"
#include "protocol/message_builder.hpp"
#include "server/turn/allocation.hpp"
#include "server/turn/outcome.hpp"
#include "server/turn/redirect.hpp"
#include "server/turn/request.hpp"
#include "server/turn/unknown_attributes.hpp"

namespace turnpike::turn {

// Longer than any link's packets, so that the answer is fragmented: what a client that sends
// PADDING wants to see. An answer is never padded beyond its request.
inline constexpr std::size_t padding_max = 1500;

// What a Binding answer says and where it goes beyond the usual (RFC 5780 section 6.1).
struct BindingAnswer {
    std::optional<protocol::Endpoint> origin;  // RESPONSE-ORIGIN, and MAPPED-ADDRESS beside it
    std::optional<protocol::Endpoint> other;   // OTHER-ADDRESS
    std::optional<std::size_t> padding;        // octets of PADDING, at most padding_max
    std::optional<protocol::Endpoint> from;    // where it leaves from
    std::optional<std::uint16_t> to_port;      // RESPONSE-PORT
};

// Answers to a request that proved nothing: no SOFTWARE, no reason phrase, FINGERPRINT only where
// the request has one.
[[nodiscard]] Outcome answer_binding(const Request& request, const BindingAnswer& content);
[[nodiscard]] Outcome answer_unproven(const Request& request, protocol::ErrorCode code);
// 420 with what is unknown, where these attributes are served.
[[nodiscard]] Outcome answer_unknown(const Request& request, ServedAttributes served);
// 401 or 438, with REALM, NONCE and PASSWORD-ALGORITHMS (RFC 8489 section 9.2.4).
[[nodiscard]] Outcome challenge(const Request& request, protocol::ErrorCode code,
                                const auth::Authenticator& authenticator);

// Says what stood against the request, in no octet of its answer.
[[nodiscard]] Outcome because_of(const std::optional<auth::Limit>& limit, Outcome outcome);

// Answers to a request that proved itself: success and error alike carry the integrity that matches
// the request's (RFC 8489 section 9.2.4). Lives for one call.
class Answers {
public:
    using Ticket = std::optional<auth::TicketOctets>;

    Answers(const Request& request, const auth::Identity& identity, std::string_view software)
        : request_{request}, identity_{identity}, software_{software} {}

    // 420 lists the attributes. The reason is that of the code where nothing says it better.
    [[nodiscard]] Outcome error(protocol::ErrorCode code, std::string_view reason = {}) const;
    // The reason is what stood against it, where something did.
    [[nodiscard]] Outcome refused(protocol::ErrorCode code,
                                  const std::optional<auth::Limit>& limit) const;
    [[nodiscard]] Outcome redirected(const Redirect& redirect) const;  // 300
    [[nodiscard]] Outcome success() const;
    // With the ticket, where the client gets one (RFC 8016).
    [[nodiscard]] Outcome refreshed(std::chrono::seconds lifetime, const Ticket& ticket = {}) const;
    [[nodiscard]] Outcome allocated(const Allocation& allocation, const Ticket& ticket) const;
    // What answer_connect() needs, once it is known.
    [[nodiscard]] AwaitedConnect later() const;

private:
    [[nodiscard]] Outcome seal(protocol::MessageBuilder& answer,
                               std::optional<protocol::ErrorCode> error) const;

    const Request& request_;
    const auth::Identity& identity_;
    std::string_view software_;
};

}  // namespace turnpike::turn
