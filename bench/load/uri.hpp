// SPDX-License-Identifier: BSD-3-Clause
//
// stun: and turn: URIs as they stand in iceServers (RFC 7064, RFC 7065).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace turnpike::bench {

// Why something cannot be done: a sentence for a person.
struct Problem {
    std::string text;
};

struct Uri {
    std::string host;  // a name or an address, without brackets
    std::uint16_t port = 3478;
    protocol::Transport transport = protocol::Transport::udp;
    bool transport_given = false;  // ?transport= stood in it
    bool relays = true;            // turn: and turns:, not stun: and stuns:

    // "turn:host[:port][?transport=udp|tcp]".
    [[nodiscard]] static protocol::Result<Uri, Problem> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
};

[[nodiscard]] constexpr bool is_secure(protocol::Transport transport) noexcept {
    return transport == protocol::Transport::tls || transport == protocol::Transport::dtls;
}

}  // namespace turnpike::bench
