// SPDX-License-Identifier: BSD-3-Clause
//
// What one worker is about to send over UDP. Views that were put in live until flush(), which comes
// at the end of every turn, or before where the batch or the room for copies is full. Owned by one
// worker.
#pragma once

#include <algorithm>
#include <vector>

#include "server/net/send_batch.hpp"
#include "server/net/socket_options.hpp"
#include "server/telemetry/counters.hpp"

namespace turnpike::worker {

class Outbox {
public:
    Outbox(telemetry::Counters& counters, net::PacketIo io) noexcept
        : counters_{counters}, batch_{io} {}

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
    // ... of a payload that does not live as long: at most a datagram.
    void send_copy(net::Outgoing datagram) {
        const std::size_t octets = datagram.payload.size();
        if (copies_.empty()) copies_.resize(copies_octets);
        if (octets > copies_octets) return;
        if (octets > copies_octets - copied_ || batch_.full()) flush();
        std::ranges::copy(datagram.payload, copies_.begin() + static_cast<std::ptrdiff_t>(copied_));
        datagram.payload = protocol::Bytes{copies_}.subspan(copied_, octets);
        copied_ += octets;
        batch_.add(datagram);
    }
    void flush() noexcept {
        copied_ = 0;
        if (batch_.empty()) return;
        if (const std::size_t refused = batch_.flush(); refused != 0) {
            counters_.add(telemetry::Counter::drop_send_failed, refused);
        }
    }

private:
    static constexpr std::size_t copies_octets = 262144;

    telemetry::Counters& counters_;
    net::SendBatch batch_;
    std::vector<std::byte> copies_;  // empty until the first
    std::size_t copied_ = 0;         // octets of it that wait
};

}  // namespace turnpike::worker
