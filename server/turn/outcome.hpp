// SPDX-License-Identifier: BSD-3-Clause
//
// How the rules answer one message. Views in it live as long as the datagram and the reply buffer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "auth/authenticator.hpp"
#include "auth/grant.hpp"
#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/bytes.hpp"
#include "protocol/connection_id.hpp"
#include "protocol/error_code.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message.hpp"

namespace turnpike::turn {

// Nothing is sent.
struct Silence {};

// `octets` go back to the source of the request, from the address that it was sent to. The codes
// are for counters.
struct Reply {
    protocol::Bytes octets;
    std::optional<protocol::ErrorCode> error;  // none: success
    bool authenticated =
        false;  // the request proved itself: its answer needs no amplification budget
    // RFC 5780, over UDP: another endpoint to answer from, and another port of the source's
    // address.
    std::optional<protocol::Endpoint> from{};
    std::optional<std::uint16_t> to_port{};
    std::optional<auth::Limit> limit{};  // which one stood against it, where one did; for counters
};

// The credential of this user is needed: fetch it and call Dispatcher::resume().
struct NeedCredential {
    auth::Claim claim;
};

// Relayed transport addresses are needed: open them and call Dispatcher::relay_opened().
struct OpenRelay {
    auth::Identity identity;
    std::array<bool, 2> families{};  // IPv4, IPv6: which to open
    bool additional =
        false;          // the second may fail without failing the first (ADDITIONAL-ADDRESS-FAMILY)
    bool even = false;  // EVEN-PORT
    bool reserve_next = false;                                 // its R bit
    std::optional<std::uint64_t> reservation;                  // RESERVATION-TOKEN
    protocol::Transport transport = protocol::Transport::udp;  // to peers: UDP or TCP
};

// A Send indication that passed every rule but the permission, which the relay knows.
struct RelayToPeer {
    protocol::Endpoint peer;
    protocol::Bytes data;
    bool dont_fragment = false;
};

// One peer data connection of a TCP allocation (RFC 6062).
struct PeerConnection {
    protocol::AllocationId allocation{};
    protocol::ConnectionId connection{};
    protocol::Endpoint peer;  // as clients see it
};

// What the answer to a Connect needs of its request, which is gone by then: see answer_connect().
struct AwaitedConnect {
    protocol::TransactionId transaction;
    protocol::Key key;
    protocol::Integrity integrity = protocol::Integrity::sha1;
    bool fingerprint = false;
};

// A connection to this peer is to be tried: give it a name, call Dispatcher::connecting(), and then
// connected() or over().
struct ConnectPeer {
    protocol::AllocationId allocation{};
    protocol::Endpoint peer;
    AwaitedConnect awaited;
};

// ConnectionBind succeeded. The answer leaves first; all that follows on the request's connection,
// both ways, is between client and peer.
struct AttachClient {
    Reply reply;
    PeerConnection connection;
};

using Outcome =
    std::variant<Silence, Reply, NeedCredential, OpenRelay, RelayToPeer, ConnectPeer, AttachClient>;

// What became of OpenRelay. By family: an address, as clients see it, or the reason why not. With a
// reservation the family is that of the reserved address.
struct OpenedRelay {
    protocol::AllocationId allocation{};  // the name that the worker gave it
    std::array<std::optional<protocol::Endpoint>, 2> relayed;
    std::optional<protocol::ErrorCode> error;  // 486 or 508, or 440; set when nothing was opened
    std::optional<auth::Limit> limit{};        // which one stood against it
    std::array<std::optional<protocol::ErrorCode>, 2> family_error;  // of a half that failed
    std::optional<std::uint64_t> reservation;                        // token of the reserved port
};

[[nodiscard]] constexpr std::size_t index_of(protocol::Family family) noexcept {
    return family == protocol::Family::ipv4 ? 0 : 1;
}

}  // namespace turnpike::turn
