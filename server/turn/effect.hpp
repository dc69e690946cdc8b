// SPDX-License-Identifier: BSD-3-Clause
//
// What the rules ask their worker to do. Carried out in order; none may fail in a way that the
// rules must know, except opening a relay, which is an Outcome of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/limit.hpp"
#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/connection_id.hpp"
#include "protocol/rare.hpp"
#include "protocol/time.hpp"

namespace turnpike::turn {

using protocol::AllocationId;
using protocol::ConnectionId;

// One way through an allocation: a permission (channel 0, any port of the peer's address) or a
// channel. Installing what is there already moves its expiry.
struct Route {
    protocol::Endpoint peer;    // port 0 for a permission
    std::uint16_t channel = 0;  // 0: a permission
    bool operator==(const Route&) const = default;
};

struct InstallRoute {
    AllocationId allocation;
    Route route;
    protocol::TimePoint expires;
    bool operator==(const InstallRoute&) const = default;
};

struct RemoveRoute {
    AllocationId allocation;
    Route route;
    bool operator==(const RemoveRoute&) const = default;
};

enum class EndReason : std::uint8_t {
    deleted,       // Refresh with LIFETIME 0
    expired,       // its lifetime ran out
    deadline,      // its grant's deadline came
    bytes,         // its grant's bytes are used up
    withdrawn,     // its grant was taken back
    replaced,      // its client was silent, and its user wanted another one
    disconnected,  // the client's connection closed
    shutdown,      // the server ends
    refused,       // its relay was opened, but its Allocate failed after all
};
[[nodiscard]] std::string_view to_string(EndReason reason) noexcept;

// The relayed transport address of one family is given up; its routes go with it. The allocation
// lives on where it has another one (RFC 8656 section 8.2).
struct CloseRelay {
    AllocationId allocation;
    protocol::Family family;
    bool operator==(const CloseRelay&) const = default;
};

// The peer data connection is over: both its ends close (RFC 6062 section 5.5). A Connect that
// still waits for it is answered 447.
struct ClosePeerConnection {
    AllocationId allocation;
    ConnectionId connection;
    bool operator==(const ClosePeerConnection&) const = default;
};

// The allocation is gone with all its relays and routes.
struct EndAllocation {
    AllocationId allocation;
    EndReason reason;
    std::optional<auth::Limit> limit = {};  // which one did it, where one did
    bool operator==(const EndAllocation&) const = default;
};

// The grant of the allocation has changed: from now on this much passes.
struct AmendSession {
    AllocationId allocation;
    std::optional<protocol::TimePoint> deadline;
    std::uint64_t bytes = 0;            // both ways together; 0: no limit
    std::uint64_t bits_per_second = 0;  // each way; 0: no limit
    bool operator==(const AmendSession&) const = default;
};

// Where a client is to be found (RFC 8016 section 3.2.2).
struct Place {
    // Served both ways. None: its connection is gone, and only a ticket can tell who it is.
    std::optional<protocol::FiveTuple> at;
    // A Refresh with a ticket came from here: served too, and `at` from the first data that comes.
    protocol::Rare<protocol::FiveTuple> next;
    bool operator==(const Place&) const = default;
};

// The client is there now, and nowhere else. A five-tuple that is new here is the one of the
// message that is being answered.
struct MoveClient {
    AllocationId allocation;
    Place place;
    bool operator==(const MoveClient&) const = default;
};

// on_time() has work for this allocation at `when`; replaces what was set before.
struct SetDeadline {
    AllocationId allocation;
    protocol::TimePoint when;
    bool operator==(const SetDeadline&) const = default;
};

using Effect = std::variant<InstallRoute, RemoveRoute, CloseRelay, ClosePeerConnection,
                            EndAllocation, SetDeadline, MoveClient, AmendSession>;
using Effects = std::vector<Effect>;  // the worker reuses one

}  // namespace turnpike::turn
