// SPDX-License-Identifier: BSD-3-Clause
//
// What the rules need to know of the configuration, and the constants that RFC 8656 fixes.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "auth/mobility_ticket.hpp"
#include "protocol/classify.hpp"
#include "server/turn/discovery.hpp"
#include "server/turn/redirect.hpp"

namespace turnpike::turn {

inline constexpr std::chrono::seconds lifetime_default{600};     // RFC 8656 section 6
inline constexpr std::chrono::seconds permission_lifetime{300};  // section 9
inline constexpr std::chrono::seconds channel_lifetime{600};     // section 12
// How long a Refresh that moved a client is known again. RFC 8016 section 3.2.2 wants 30 s at
// least; a client gives a request up after 39.5 s (RFC 8489 section 6.2.1).
inline constexpr std::chrono::seconds retransmission_window{40};
// How long a peer has to answer a Connect (RFC 6062 section 5.2: at least 30 s), and the client to
// bind a connection that waits (sections 5.2 and 5.3).
inline constexpr std::chrono::seconds connect_timeout{30};
inline constexpr std::chrono::seconds connection_bind_timeout{30};

struct Settings {
    std::string software = "Turnpike";        // SOFTWARE; empty leaves the attribute out
    std::chrono::seconds lifetime_max{3600};  // section 7.2
    std::chrono::seconds session_limit{0};    // a deadline for every allocation; 0: none
    std::size_t permissions_max = 512;        // per allocation
    std::size_t channels_max = 512;           // per allocation
    protocol::ChannelRange channels = protocol::ChannelRange::rfc5766;
    bool relays_ipv4 = true;  // relay addresses of this family are configured
    bool relays_ipv6 = false;
    bool relays_tcp = true;                           // RFC 6062
    std::size_t connections_max = 64;                 // to peers, per allocation
    std::optional<auth::MobilityTickets> mobility{};  // RFC 8016; none: forbidden
    Alternates alternates{};                          // where clients are redirected to
    std::optional<Discovery> discovery{};             // NAT behaviour discovery; none: not served
};

}  // namespace turnpike::turn
