// SPDX-License-Identifier: BSD-3-Clause
//
// Where the client of one allocation is, and which ticket brings it elsewhere (RFC 8016 section
// 3.2.2). What it moved away from stays served until it sends data from where it moved to. Pure;
// part of an Allocation.
#pragma once

#include <cstdint>
#include <optional>

#include "auth/mobility_ticket.hpp"
#include "protocol/address.hpp"
#include "protocol/message.hpp"
#include "protocol/rare.hpp"
#include "protocol/time.hpp"
#include "server/turn/effect.hpp"

namespace turnpike::turn {

class Mobility {
public:
    // A client that did not ask for a ticket stays where it is.
    Mobility(const protocol::FiveTuple& five_tuple, bool has_ticket,
             std::uint32_t ticket_number = 0) noexcept
        : place_{.at = five_tuple, .next = {}},
          has_ticket_{has_ticket},
          ticket_number_{ticket_number} {}

    // A Refresh as it came.
    struct Request {
        const protocol::FiveTuple& five_tuple;
        const protocol::TransactionId& transaction;
        std::uint32_t ticket_number = 0;
        protocol::TimePoint now;
    };
    enum class Verdict : std::uint8_t {
        move,    // to its five-tuple
        repeat,  // of the request that moved the client there: the same answer
        refuse,  // the ticket is an old one, or the client is there already
    };
    [[nodiscard]] Verdict judge(const Request& request) const noexcept;
    void move(const Request& request);

    // Data came from the five-tuple that it moved to.
    void arrive() noexcept;
    // The connection that is this five-tuple has ended.
    void lose(const protocol::FiveTuple& five_tuple) noexcept;

    [[nodiscard]] const Place& place() const noexcept { return place_; }
    [[nodiscard]] bool has_ticket() const noexcept { return has_ticket_; }
    // Of the ticket that serves.
    [[nodiscard]] std::uint32_t ticket_number() const noexcept { return ticket_number_; }

private:
    struct Moved {
        protocol::TransactionId by;
        protocol::TimePoint when;
    };

    Place place_;
    bool has_ticket_;
    std::uint32_t ticket_number_;
    protocol::Rare<Moved> moved_;
};

}  // namespace turnpike::turn
