// SPDX-License-Identifier: BSD-3-Clause
//
// What one worker is about to send over UDP. Views that were put in live until flush(), which comes
// at the end of every turn, or before where the batch is full. Owned by one worker.
#pragma once

#include "server/net/packet_io.hpp"
#include "server/net/socket_options.hpp"
#include "server/telemetry/counters.hpp"

namespace turnpike::worker {

class Outbox {
public:
    explicit Outbox(telemetry::Counters& counters) noexcept : counters_{counters} {}

    void send(const net::Outgoing& datagram) noexcept {
        if (batch_.full()) flush();
        batch_.add(datagram);
    }
    // With DF set (RFC 8656 sections 11.2 and 14), behind everything that was put in before.
    void send_unfragmented(const net::Outgoing& datagram) noexcept {
        const auto family = datagram.destination.address.family();
        flush();
        net::set_dont_fragment(datagram.socket, family, true);
        batch_.add(datagram);
        flush();
        net::set_dont_fragment(datagram.socket, family, false);
    }
    void flush() noexcept {
        if (batch_.empty()) return;
        if (const std::size_t refused = batch_.flush(); refused != 0) {
            counters_.add(telemetry::Counter::drop_send_failed, refused);
        }
    }

private:
    telemetry::Counters& counters_;
    net::SendBatch batch_;
};

}  // namespace turnpike::worker
