// SPDX-License-Identifier: BSD-3-Clause
//
// Alice on her way: scenarios of a client that moves (RFC 8016).
#pragma once

#include <optional>
#include <vector>

#include "tests/support/turn_scenario.hpp"

namespace turnpike::support {

inline ScenarioOptions mobile(bool allowed = true) {
    ScenarioOptions options;
    if (allowed) options.settings.mobility = auth::MobilityTickets{auth::MobilityKey{}};
    return options;
}

using Ticket = std::vector<unsigned char>;

inline Write shows(const Ticket& ticket) {
    return attribute(AttributeType::mobility_ticket, ticket);
}

inline Ticket ticket_in(const Answer& answer) {
    Ticket ticket;
    for (const int octet : answer.value(AttributeType::mobility_ticket)) {
        ticket.push_back(static_cast<unsigned char>(octet));
    }
    return ticket;
}

inline Answer refreshes(Client& client, const Ticket& ticket, const Write& more = {}) {
    return client.asks(Method::refresh, [&](MessageBuilder& request) {
        shows(ticket)(request);
        if (more) more(request);
    });
}

inline const auto home = at("192.0.2.10:50000");
inline const auto cafe = at("192.0.2.99:1234");
inline const auto train = at("[2001:db8:1::99]:1234");

// Alice has an allocation with a ticket, a permission and a channel.
struct Moving : Scenario {
    explicit Moving(bool over_tcp = false) : Scenario{mobile()} {
        if (over_tcp) alice.five_tuple.transport = protocol::Transport::tcp;
        const Answer made = alice.allocates(shows({}));
        REQUIRE(made.success());
        ticket = ticket_in(made);
        relayed = *made.relayed();
        REQUIRE(alice.binds(0x4000, peer_v4).success());
        id = allocation_of(alice)->id();
    }

    // Alice's next messages come from there, over that.
    void alice_goes_to(const Endpoint& address,
                       protocol::Transport transport = protocol::Transport::udp) {
        alice.five_tuple.client = address;
        alice.five_tuple.transport = transport;
    }
    // ... and she moves her allocation there.
    Answer alice_moves_to(const Endpoint& address,
                          protocol::Transport transport = protocol::Transport::udp) {
        alice_goes_to(address, transport);
        const Answer moved = refreshes(alice, ticket);
        if (moved.success()) ticket = ticket_in(moved);
        return moved;
    }
    [[nodiscard]] const turn::Allocation* allocation() const {
        return dispatcher.allocations().find(id);
    }
    [[nodiscard]] std::optional<Endpoint> client_at() const {
        const auto& at = worker.held().at(id).place.at;
        return at ? std::optional{at->client} : std::nullopt;
    }
    [[nodiscard]] std::optional<Endpoint> client_expected() const {
        const auto& next = worker.held().at(id).place.next;
        return next ? std::optional{next->client} : std::nullopt;
    }

    Ticket ticket;
    Endpoint relayed;
    AllocationId id{};
};

}  // namespace turnpike::support
