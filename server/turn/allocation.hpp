// SPDX-License-Identifier: BSD-3-Clause
//
// One TURN allocation: whose it is, which relayed addresses it holds, who may send through it, and
// until when (RFC 8656 sections 3, 9 and 12). A dual allocation holds an IPv4 and an IPv6 relayed
// address, and each can end before the other.
//
// Pure: the caller passes `now`, carries out the effects in order, and calls on_time() when the
// last SetDeadline says so. Owned by one worker's AllocationTable.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "auth/grant.hpp"
#include "auth/peer_policy.hpp"
#include "protocol/address.hpp"
#include "protocol/error_code.hpp"
#include "protocol/message.hpp"
#include "protocol/time.hpp"
#include "server/turn/channel.hpp"
#include "server/turn/effect.hpp"
#include "server/turn/mobility.hpp"
#include "server/turn/outcome.hpp"
#include "server/turn/peer_connection.hpp"
#include "server/turn/permission.hpp"
#include "server/turn/settings.hpp"

namespace turnpike::turn {

struct AllocationSeed {
    AllocationId id{};
    auth::Grant grant;
    protocol::TransactionId created_by;  // a retransmission of it is answered again
    std::array<std::optional<protocol::Endpoint>, 2> relayed;
    std::array<std::optional<protocol::ErrorCode>, 2> family_error;
    std::optional<std::uint64_t> reservation;
    std::chrono::seconds lifetime = lifetime_default;          // as asked for
    bool has_ticket = false;                                   // MOBILITY-TICKET was asked for
    protocol::Transport transport = protocol::Transport::udp;  // to peers
    ConnectionIndex* connections = nullptr;                    // outlives it; for TCP
};

// An allocation over UDP, both to its client and to peers, as another process may take it up.
struct AllocationState {
    AllocationSeed seed;
    protocol::FiveTuple client;
    std::uint32_t ticket_number = 0;
    protocol::TimePoint began;
    std::array<protocol::TimePoint, 2> expires{};  // by family
    std::vector<InstallRoute> routes;
};

class Allocation {
public:
    // Asks for its first deadline.
    struct Opening {
        AllocationSeed seed;
        protocol::FiveTuple client;
    };
    Allocation(Opening opening, const Settings& settings, protocol::TimePoint now,
               Effects& effects);
    // Goes on with what another process began: asks for its routes and its first deadline.
    Allocation(AllocationState state, const Settings& settings, Effects& effects);

    // Refresh (section 8.2) of one relayed address or, without a family, of all; zero gives them
    // up. Returns the LIFETIME of the answer: never more than is left until the deadline.
    std::chrono::seconds refresh(std::chrono::seconds requested,
                                 std::optional<protocol::Family> family, protocol::TimePoint now,
                                 Effects& effects);
    // A Refresh with a newer access token: from now on that one limits lifetimes, and its key
    // signs.
    void renew(const auth::TokenSession& token) { seed_.grant.token = token; }
    // CreatePermission (section 10.2).
    void permit(std::span<const protocol::IpAddress> peers, protocol::TimePoint now,
                Effects& effects);
    // ChannelBind (section 12.2): the channel, and a permission for the peer's address.
    void bind(std::uint16_t channel, const protocol::Endpoint& peer, protocol::TimePoint now,
              Effects& effects);

    // The client comes from another five-tuple (RFC 8016 section 3.2.2), sent its first data from
    // there, or lost its connection: which ends what no ticket can bring back.
    void move(const Mobility::Request& request, Effects& effects);
    void arrive(Effects& effects);
    void lose(const protocol::FiveTuple& five_tuple, Effects& effects);

    // RFC 6062: its peer data connections. Connect is tried, the peer answered it, a peer came by
    // itself, the client bound one, one is over.
    void connect(const PeerConnection& connection, protocol::TimePoint now, Effects& effects);
    void connected(ConnectionId connection, protocol::TimePoint now, Effects& effects);
    void accept(const PeerConnection& connection, protocol::TimePoint now, Effects& effects);
    void bind(ConnectionId connection);
    void close(ConnectionId connection, Effects& effects);

    // What it may send to peers that may be reached no more ends.
    void withdraw(const auth::PeerPolicy& policy, Effects& effects);

    // Ends everything that is due at `now`.
    void on_time(protocol::TimePoint now, Effects& effects);
    void end(EndReason reason, Effects& effects, std::optional<auth::Limit> limit = {});

    // What its user may has changed. What it was granted before counts no more, but for how it is
    // signed: a refusal ends it, an earlier deadline too when that has passed, a later one lets it
    // live on for the lifetime that its client has asked for.
    void amend(auth::Grant grant, protocol::TimePoint now, Effects& effects);

    [[nodiscard]] bool ended() const noexcept { return state_ == State::ended; }
    // Which limit did it, where one did.
    [[nodiscard]] std::optional<auth::Limit> ended_by() const noexcept { return ended_by_; }
    // The next moment that on_time() has work.
    [[nodiscard]] protocol::TimePoint next_deadline() const;

    [[nodiscard]] AllocationId id() const noexcept { return seed_.id; }
    [[nodiscard]] const Mobility& mobility() const noexcept { return mobility_; }
    [[nodiscard]] const Place& place() const noexcept { return mobility_.place(); }
    [[nodiscard]] const auth::Grant& grant() const noexcept { return seed_.grant; }
    // By the grant or the session limit, whichever is first.
    [[nodiscard]] std::optional<protocol::TimePoint> deadline() const noexcept { return deadline_; }
    [[nodiscard]] const std::optional<protocol::Endpoint>& relayed(
        protocol::Family family) const noexcept;
    [[nodiscard]] bool has_family(protocol::Family family) const noexcept {
        return relayed(family).has_value();
    }
    // Why a relayed address that ADDITIONAL-ADDRESS-FAMILY asked for was not given.
    [[nodiscard]] std::optional<protocol::ErrorCode> family_error(
        protocol::Family family) const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> reservation() const noexcept {
        return seed_.reservation;
    }

    // Same user (section 5). Access tokens follow one another, under newer keys too, so any that is
    // good may go on with what another began (RFC 7635 section 11).
    [[nodiscard]] bool belongs_to(const auth::Grant& grant) const noexcept;
    [[nodiscard]] bool created_by(const protocol::TransactionId& id) const noexcept {
        return seed_.created_by == id;
    }
    // What is left of its longest-lived relayed address, in whole seconds.
    [[nodiscard]] std::chrono::seconds lifetime_left(protocol::TimePoint now) const;

    [[nodiscard]] const Permissions& permissions() const noexcept { return permissions_; }
    [[nodiscard]] const Channels& channels() const noexcept { return channels_; }
    [[nodiscard]] const PeerConnections& connections() const noexcept { return connections_; }
    // Peers are spoken to over TCP alone, or over UDP alone.
    [[nodiscard]] bool relays_tcp() const noexcept {
        return seed_.transport == protocol::Transport::tcp;
    }
    // Every route as InstallRoute: what a projection that starts afresh has to know.
    [[nodiscard]] Effects routes() const;
    // None where it hangs on a connection, or has no client now.
    [[nodiscard]] std::optional<AllocationState> state() const;

private:
    enum class State : std::uint8_t {
        relaying,  // holds at least one relayed address
        ended,     // final: holds nothing, and its table drops it
    };

    void set_deadline();
    [[nodiscard]] protocol::TimePoint no_later_than_deadline(protocol::TimePoint when) const;
    [[nodiscard]] protocol::TimePoint expiry_for(std::chrono::seconds requested,
                                                 protocol::TimePoint now) const;
    void close(protocol::Family family, Effects& effects);
    void close_due(protocol::TimePoint now, Effects& effects);
    [[nodiscard]] bool holds_other_than(protocol::Family family) const noexcept;
    // Asks for on_time() where the deadline asked for last would be too late.
    void arm(Effects& effects);

    AllocationSeed seed_;
    protocol::TimePoint began_;
    std::chrono::seconds lifetime_max_;
    std::chrono::seconds session_limit_;
    Mobility mobility_;
    std::optional<protocol::TimePoint> deadline_;
    auth::Limit deadline_by_ = auth::Limit::session_time;
    // By family; counts where there is an address. As it was asked for: the deadline may end it
    // before.
    std::array<protocol::TimePoint, 2> expires_;
    Permissions permissions_;
    Channels channels_;
    PeerConnections connections_;
    protocol::TimePoint armed_ = protocol::TimePoint::max();  // as SetDeadline asked last
    State state_ = State::relaying;
    std::optional<auth::Limit> ended_by_;
};

}  // namespace turnpike::turn
