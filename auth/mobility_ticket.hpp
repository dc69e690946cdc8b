// SPDX-License-Identifier: BSD-3-Clause
//
// The MOBILITY-TICKET of RFC 8016: which allocation its bearer may move, and its number among this
// allocation's tickets, of which only the newest serves. Encrypted and authenticated with a key of
// this run (AES-SIV, RFC 5297, which needs no nonce: a retransmission is answered with the same
// ticket), so that nothing is remembered for it and no client can read or make one (section 3.3).
// No octet of it is zero and it is short, because coturn's client keeps it as text of 32
// characters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/allocation_id.hpp"
#include "protocol/bytes.hpp"

namespace turnpike::auth {

struct MobilityTicket {
    protocol::AllocationId allocation{};
    std::uint32_t number = 0;
    bool operator==(const MobilityTicket&) const = default;
};

using MobilityKey = std::array<std::byte, 32>;
inline constexpr std::size_t ticket_octets = 29;
using TicketOctets = std::array<std::byte, ticket_octets>;

class MobilityTickets {
public:
    // From a cryptographic generator, the same in every worker.
    explicit MobilityTickets(const MobilityKey& key) noexcept : key_{key} {}

    // None where OpenSSL is out of memory.
    [[nodiscard]] std::optional<TicketOctets> make(const MobilityTicket& ticket) const noexcept;
    // None for what make() has not made with this key.
    [[nodiscard]] std::optional<MobilityTicket> read(protocol::Bytes octets) const noexcept;

private:
    MobilityKey key_;
};

}  // namespace turnpike::auth
