// SPDX-License-Identifier: BSD-3-Clause
//
// Takes one client message to the rules and carries out what they answer: credentials are looked
// up, relays opened, answers sent, effects executed. Ends nothing by itself and keeps nothing
// between two messages, but that those wait at the AccountDesk whose user is not known yet. Owned
// by one worker.
#pragma once

#include <array>
#include <cstddef>

#include "protocol/classify.hpp"
#include "protocol/message.hpp"
#include "server/net/send_batch.hpp"
#include "server/turn/dispatcher.hpp"
#include "server/worker/account_desk.hpp"
#include "server/worker/answer_budget.hpp"
#include "server/worker/client_message.hpp"
#include "server/worker/context.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/peer_service.hpp"
#include "server/worker/relay_opener.hpp"
#include "server/worker/visitor_desk.hpp"

namespace turnpike::worker {

class StunService {
public:
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
        RelayOpener& opener;
        PacketRelay& relay;
        VisitorDesk& visitors;
        PeerService& peers;
        AccountDesk& accounts;
    };
    StunService(Context& context, const Parts& parts);

    // A STUN message. What is no STUN is dropped and counted.
    void serve(const ClientMessage& message);
    // The same when it has waited for its user to be known.
    void serve_waiting(const ClientMessage& message);
    // This connection is gone: what waits for it is forgotten.
    void forget(const protocol::FiveTuple& five_tuple) { parts_.accounts.forget(five_tuple); }

    // There are new rules.
    void adopt_rules() noexcept { budget_.limit(context_.rules->settings.budget); }

    // Whether an answer may go to the source of a message that proved nothing; it is counted.
    [[nodiscard]] bool may_answer_stranger(const ClientMessage& message) noexcept;

private:
    void serve(const ClientMessage& message, const protocol::Message& decoded);
    [[nodiscard]] turn::Outcome decide(const turn::Request& request, const ClientMessage& message);
    [[nodiscard]] turn::Outcome identify(const turn::Request& request, const auth::Claim& claim,
                                         const ClientMessage& message);
    [[nodiscard]] turn::Outcome open(const turn::Request& request, const ClientLink& link,
                                     const turn::OpenRelay& wish);
    [[nodiscard]] protocol::Result<protocol::Message, protocol::DecodeError> decode(
        const ClientMessage& message) const;
    void answer(const turn::Reply& reply, const ClientMessage& message, protocol::Method method);
    void count(const turn::Reply& reply, protocol::Method method) noexcept;
    void send(const turn::Reply& reply, const ClientMessage& message);
    [[nodiscard]] protocol::MutableBytes reply_buffer() noexcept;

    // An answer takes at most 1,500 octets, and with PADDING as many more.
    static constexpr std::size_t reply_octets = 2048;

    Context& context_;
    Parts parts_;
    AnswerBudget budget_;
    turn::Effects effects_;  // reused
    // Answers wait in the outbox until the turn ends; each has a buffer of its own.
    std::array<std::array<std::byte, reply_octets>, net::SendBatch::capacity> replies_;
    std::size_t next_reply_ = 0;
};

}  // namespace turnpike::worker
