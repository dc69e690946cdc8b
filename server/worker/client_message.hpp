// SPDX-License-Identifier: BSD-3-Clause
//
// One whole message as a client sent it, on whichever transport. Lives for one call.
#pragma once

#include <cstdint>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/packet.hpp"
#include "protocol/time.hpp"
#include "server/worker/client_link.hpp"

namespace turnpike::worker {

struct ClientMessage {
    const protocol::FiveTuple& five_tuple;
    const ClientLink& link;
    protocol::Bytes octets;
    // The same octets with room around them; none on a stream, whose messages stand back to back.
    protocol::Packet* packet = nullptr;
    protocol::Moment now;
    std::uint8_t traffic_class = 0;  // of its datagram; a stream has none to copy
    bool passed_on = false;          // by the worker that the kernel brought it to
};

}  // namespace turnpike::worker
