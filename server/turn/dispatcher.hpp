// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's rule book: a STUN message goes in, an Outcome and Effects come out, in the order of
// steps that gives the right code when several things are wrong: method and class, authentication,
// 441, 437, 420, then the method's own rules.
//
// Pure: no socket, clock, lock, thread or log. It owns the allocations, which are the only truth;
// routes in user space and in the kernel are projections that the Effects feed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "auth/authenticator.hpp"
#include "auth/mobility_ticket.hpp"
#include "auth/peer_policy.hpp"
#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/turn/allocation_table.hpp"
#include "server/turn/change.hpp"
#include "server/turn/effect.hpp"
#include "server/turn/outcome.hpp"
#include "server/turn/recently_ended.hpp"
#include "server/turn/request.hpp"
#include "server/turn/settings.hpp"

namespace turnpike::turn {

class Answers;

class Dispatcher {
public:
    // The references outlive the dispatcher, or are replaced by others before they go.
    Dispatcher(Settings settings, const auth::Authenticator& authenticator,
               const auth::PeerPolicy& peer_policy);

    // From now on these count. What lives goes on, but for peers that may be reached no more.
    void adopt(Settings settings, const auth::Authenticator& authenticator,
               const auth::PeerPolicy& peer_policy, Effects& effects);

    [[nodiscard]] Outcome handle(const Request& request, Effects& effects);
    // After NeedCredential: `candidates` as the lookup found them, none for an unknown user.
    [[nodiscard]] Outcome resume(const Request& request, const auth::Claim& claim,
                                 std::span<const auth::Credential> candidates, Effects& effects);
    // In place of resume(): nobody can say now who this is, or it is asked with an old nonce.
    [[nodiscard]] Outcome unavailable(const Request& request) const;
    [[nodiscard]] Outcome stale(const Request& request) const;
    // After OpenRelay, in place of opening it: the client is sent to another server, which `random`
    // chooses. None where there is none for its address family.
    [[nodiscard]] std::optional<Outcome> redirect(const Request& request, const OpenRelay& wish,
                                                  std::uint64_t random) const;
    // After OpenRelay. Where this yields an error nothing stays open: the effects say so.
    [[nodiscard]] Outcome relay_opened(const Request& request, const OpenRelay& wish,
                                       const OpenedRelay& opened, Effects& effects);

    // RFC 6062, after ConnectPeer: the connection has its name and is about to be tried.
    void connecting(const PeerConnection& connection, protocol::TimePoint now, Effects& effects);
    // The peer has answered; the client is told. False: it was given up before.
    [[nodiscard]] bool connected(const PeerConnection& connection, protocol::TimePoint now,
                                 Effects& effects);
    // A peer connected to a relayed address; the client is told. False: it may not.
    [[nodiscard]] bool arrived(const PeerConnection& connection, protocol::TimePoint now,
                               Effects& effects);
    // It failed, or carried all that there was.
    void over(const PeerConnection& connection, Effects& effects);

    // Ends whatever is due in this allocation; asked for by SetDeadline.
    void on_time(AllocationId allocation, protocol::TimePoint now, Effects& effects);
    // ChannelData came from here.
    void heard(const protocol::FiveTuple& five_tuple, Effects& effects);
    // The client's connection is gone. RFC 8656 section 7.2 lets the allocation go with it; one
    // with a ticket stays for whoever brings that.
    void disconnected(const protocol::FiveTuple& five_tuple, Effects& effects);
    void end(AllocationId allocation, EndReason reason, Effects& effects,
             std::optional<auth::Limit> limit = {});
    // What the user of this allocation may has changed: see Allocation::amend().
    void amend(AllocationId allocation, const auth::Grant& grant, protocol::TimePoint now,
               Effects& effects);
    void end_all(EndReason reason, Effects& effects);
    // Goes on with an allocation of another process.
    void inherit(AllocationState state, Effects& effects);

    [[nodiscard]] const AllocationTable& allocations() const noexcept { return allocations_; }

private:
    // The steps after authentication, in their order.
    [[nodiscard]] Outcome obey(const Request& request, const auth::Identity& identity,
                               Effects& effects);
    [[nodiscard]] Outcome allocate(const Request& request, const auth::Identity& identity) const;
    [[nodiscard]] Outcome change(const Request& request, const Answers& answers,
                                 Allocation& allocation, Effects& effects);
    [[nodiscard]] Outcome bind_connection(const Request& request, const auth::Identity& identity,
                                          Effects& effects);
    [[nodiscard]] Outcome answer_again(const Request& request, const Answers& answers,
                                       const Allocation& allocation) const;
    // A Refresh with a MOBILITY-TICKET. This and what else is for movers alone stands in
    // dispatcher_mobility.cpp.
    [[nodiscard]] Outcome move(const Request& request, const auth::Identity& identity,
                               Effects& effects);
    [[nodiscard]] std::optional<auth::TicketOctets> ticket_of(const Allocation& allocation) const;
    [[nodiscard]] Change change_of(const Request& request, Allocation& allocation,
                                   Effects& effects) const;
    [[nodiscard]] Outcome deny(const Request& request, protocol::ErrorCode code) const;
    // The allocation of this five-tuple, if it has one after everything due has ended.
    [[nodiscard]] Allocation* current(const Request& request, Effects& effects);
    [[nodiscard]] Allocation* named(const Request& request, Effects& effects);
    [[nodiscard]] std::optional<auth::MobilityTicket> ticket_in(const Request& request) const;
    [[nodiscard]] Allocation* living(Allocation* allocation, protocol::TimePoint now,
                                     Effects& effects);
    // Whoever sends data from where it moved to has left where it was.
    void notice(const protocol::FiveTuple& five_tuple, Allocation& allocation, Effects& effects);
    void forget_if_ended(const Allocation& allocation);

    // Replaced by a reload alone.
    Settings settings_;
    const auth::Authenticator* authenticator_;
    const auth::PeerPolicy* peer_policy_;
    // Owned by the worker.
    ConnectionIndex connections_;
    AllocationTable allocations_;
    RecentlyEnded recently_ended_;
};

}  // namespace turnpike::turn
