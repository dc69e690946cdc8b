// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/visitor_desk.hpp"

#include <utility>

#include "server/worker/owner.hpp"

namespace turnpike::worker {

using protocol::FiveTuple;
using protocol::TimePoint;
using telemetry::Counter;

VisitorDesk::VisitorDesk(Context& context, const PostOffice& post_office, Associated associated)
    : context_{context},
      post_office_{post_office},
      associated_{std::move(associated)},
      visitors_{context.rules->settings.turn.lifetime_max, visitors_max} {}

std::optional<WorkerIndex> VisitorDesk::elsewhere(const protocol::Message* decoded) const {
    const auto owner =
        decoded == nullptr ? std::nullopt : ticket_owner(context_.rules->settings.turn, *decoded);
    return owner && *owner != context_.index ? owner : std::nullopt;
}

bool VisitorDesk::pass_on(const ClientMessage& message, const protocol::Message* decoded) {
    const FiveTuple& five_tuple = message.five_tuple;
    const bool is_datagram =
        message.link.stream == nullptr && !protocol::is_stream(five_tuple.transport);
    if (!context_.rules->settings.turn.mobility || !is_datagram ||
        context_.routes.knows(five_tuple)) {
        return false;
    }
    if (message.passed_on) {
        // It was ours once and is now another's, of which the next attempt will be told.
        const bool astray = elsewhere(decoded).has_value();
        if (astray) context_.count(Counter::drop_no_allocation);
        return astray;
    }
    Visitors::Passage* passage = visitors_.find(five_tuple);
    if (passage == nullptr) {
        const auto owner = elsewhere(decoded);
        if (!owner) return false;
        passage = visitors_.admit(five_tuple, *owner, message.now.steady);
    }
    const bool sent = send(passage, message, nullptr);
    context_.count(sent ? Counter::passed_on : Counter::drop_mailbox_full);
    return true;
}

bool VisitorDesk::hand_over(WorkerIndex owner, const ClientMessage& first,
                            HandedAssociation association) {
    return send(visitors_.admit(first.five_tuple, owner, first.now.steady), first,
                std::make_unique<HandedAssociation>(std::move(association)));
}

bool VisitorDesk::send(Visitors::Passage* passage, const ClientMessage& message,
                       std::unique_ptr<HandedAssociation> association) {
    if (passage == nullptr) return false;
    const std::uint64_t number = ++sent_;
    const bool sent =
        post_office_.pass_on(passage->owner, {message.five_tuple,
                                              context_.index,
                                              number,
                                              {message.octets.begin(), message.octets.end()},
                                              message.traffic_class,
                                              std::move(association)});
    if (sent) {
        passage->number = number;
        passage->heard = message.now.steady;
    } else if (passage->number == 0) {
        visitors_.dismiss(message.five_tuple, 0);  // its owner has never heard of it
    }
    return sent;
}

void VisitorDesk::served(const VisitorMail& mail) {
    const Guest guest{mail.from, mail.number};
    if (!is_known(mail.five_tuple) && is_told(mail.five_tuple, guest)) {
        guests_.erase(mail.five_tuple);
    } else if (guests_.size() < visitors_max || guests_.contains(mail.five_tuple)) {
        guests_.insert_or_assign(mail.five_tuple, guest);
    }
}

void VisitorDesk::sweep(TimePoint now) {
    visitors_.expire(now);
    erase_if(guests_, [&](const auto& each) {
        return !is_known(each.first) && is_told(each.first, each.second);
    });
}

bool VisitorDesk::is_told(const FiveTuple& five_tuple, const Guest& guest) const {
    return post_office_.dismiss(guest.from, {five_tuple, guest.number});
}

bool VisitorDesk::is_known(const FiveTuple& five_tuple) const {
    return context_.routes.knows(five_tuple) || associated_(five_tuple);
}

}  // namespace turnpike::worker
