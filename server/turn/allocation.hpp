// SPDX-License-Identifier: BSD-3-Clause
//
// One TURN allocation: whose it is, which relayed addresses it holds, who may send through it, and
// until when (RFC 8656 sections 3, 9 and 12). Pure; owned by one worker's AllocationTable.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>

#include "auth/grant.hpp"
#include "protocol/message.hpp"
#include "server/turn/effect.hpp"
#include "server/turn/outcome.hpp"

namespace turnpike::turn {

struct AllocationSeed {
    AllocationId id{};
    protocol::FiveTuple five_tuple;
    auth::Grant grant;
    protocol::TransactionId created_by;  // a retransmission of it is answered again
    std::array<std::optional<protocol::Endpoint>, 2> relayed;
    std::array<std::optional<protocol::ErrorCode>, 2> family_error;
    std::optional<std::uint64_t> reservation;
};

}  // namespace turnpike::turn
