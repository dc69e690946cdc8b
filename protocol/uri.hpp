// SPDX-License-Identifier: BSD-3-Clause
//
// stun: and turn: URIs as they stand in iceServers (RFC 7064, RFC 7065): one reading and one
// writing for whoever takes or prints them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace turnpike::protocol {

// Why a text is no such URI: a sentence for a person.
struct UriProblem {
    std::string text;
};

[[nodiscard]] constexpr bool is_secure(Transport transport) noexcept {
    return transport == Transport::tls || transport == Transport::dtls;
}

// Where the URI names no port (RFC 8656 section 5).
[[nodiscard]] constexpr std::uint16_t default_port(Transport transport) noexcept {
    return is_secure(transport) ? 5349 : 3478;
}

struct Uri {
    std::string host;  // a name or an address, without brackets
    std::uint16_t port = 3478;
    Transport transport = Transport::udp;
    bool transport_given = false;  // ?transport= stood in it
    bool relays = true;            // turn: and turns:, not stun: and stuns:

    // "turn:host[:port][?transport=udp|tcp]". Without a transport turn: means UDP and turns: TLS.
    [[nodiscard]] static Result<Uri, UriProblem> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;
};

}  // namespace turnpike::protocol
