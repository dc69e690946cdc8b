// SPDX-License-Identifier: BSD-3-Clause
//
// The way back to one client: a listener's socket and an address, or its connection. A UDP client
// may be sent to through any socket that is bound to the address it knows; a connection has one
// way.
#pragma once

#include <cstdint>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/outbox.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

// A connection, or a DTLS association, as those see it who write to it, or find that it is another
// worker's.
class StreamWriter {
public:
    virtual ~StreamWriter() = default;
    // An answer that finds no room cuts the connection.
    virtual void answer(protocol::Bytes message) = 0;
    // False where data finds no room: it is dropped whole.
    [[nodiscard]] virtual bool relay(protocol::Bytes message) = 0;
    // DSCP and ECN of the next data, where it is to be a datagram.
    virtual void mark(std::uint8_t /*traffic_class*/) noexcept {}
    // The message that is being handled belongs to another worker, and the connection with it
    // (handed_connection.hpp, handed_association.hpp).
    virtual void leave(WorkerIndex owner) = 0;
    // Where it cannot, the message is answered here.
    [[nodiscard]] virtual bool can_leave() const noexcept { return true; }
    // What follows the message that is being handled, both ways, is between client and peer
    // (RFC 6062 section 5.4). After answer(). False where it is over by now.
    [[nodiscard]] virtual bool attach(const turn::PeerConnection& connection) = 0;
};

struct ClientLink {
    int socket = -1;  // UDP: of the listener
    protocol::Endpoint client;
    protocol::IpAddress source;      // UDP: where answers leave from
    StreamWriter* stream = nullptr;  // set for a connection, which outlives its allocation

    // The views live until the outbox is flushed.
    void answer(protocol::Bytes message, Outbox& outbox) const {
        if (stream != nullptr) return stream->answer(message);
        outbox.send({socket, client, source, message});
    }
    [[nodiscard]] bool relay(protocol::Bytes message, Outbox& outbox,
                             std::uint8_t traffic_class = 0) const {
        if (stream != nullptr) {
            stream->mark(traffic_class);
            return stream->relay(message);
        }
        outbox.send({socket, client, source, message, traffic_class});
        return true;
    }
};

}  // namespace turnpike::worker
