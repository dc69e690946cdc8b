// SPDX-License-Identifier: BSD-3-Clause
//
// The header that a proxy puts in front of a connection to say whose it is: the PROXY protocol,
// versions 1 (a line of text) and 2 (binary). It is drawn here once.
//
//   1:  "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"
//
//        0                   1                   2                   3
//   2:  |                          signature (12)                       |
//       | version|command | family|protocol |            length         |
//       |   source and destination address, source and destination port |
//       |                 more fields, which are skipped                |
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"

namespace turnpike::protocol {

// What we wait for: the fields behind the addresses are a few hundred octets at most.
inline constexpr std::size_t proxy_header_octets_max = 4096;

struct ProxyHeader {
    enum class State : std::uint8_t { complete, incomplete, broken };
    struct Ends {
        Endpoint client;
        Endpoint server;  // the address that the client connected to
    };

    State state = State::broken;
    std::size_t octets = 0;  // of the whole header, when it is complete
    // None where the proxy speaks for itself (LOCAL), or does not know (UNKNOWN, UNSPEC): then the
    // ends are those of the connection.
    std::optional<Ends> ends;
};

// The header at the beginning of a stream.
[[nodiscard]] ProxyHeader read_proxy_header(Bytes stream);

}  // namespace turnpike::protocol
