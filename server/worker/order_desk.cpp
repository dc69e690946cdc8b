// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/order_desk.hpp"

#include <utility>

#include "server/worker/kernel_relay.hpp"
#include "server/worker/sessions.hpp"

namespace turnpike::worker {

using protocol::Moment;

void OrderDesk::carry_out(Order order, Moment now) {
    std::visit([&](auto& each) { obey(each, now); }, order);
}

void OrderDesk::obey(const TakeRules& /*order*/, Moment now) {
    const RulesSlot::Pointer before = context_.rules;  // until nobody refers to them
    context_.rules = context_.shared.rules.get();
    turn::Effects effects;
    parts_.dispatcher.adopt(context_.rules->settings.turn, context_.rules->authenticator,
                            context_.rules->peer_policy, effects);
    parts_.executor.execute(effects, now.steady);
    parts_.stun.adopt_rules();
    parts_.accounts.adopt_rules(now);
}

void OrderDesk::obey(ListenUdp& order, Moment /*now*/) {
    parts_.listen_udp(std::move(order.socket), order.serves);
}

void OrderDesk::obey(ListenTcp& order, Moment /*now*/) {
    parts_.streams.listen(std::move(order.socket), order.entrance);
}

void OrderDesk::obey(const ServeUdp& order, Moment /*now*/) {
    parts_.datagrams.change(order.bound, order.serves);
}

void OrderDesk::obey(const ServeTcp& order, Moment /*now*/) {
    parts_.streams.change(order.bound, order.entrance);
}

void OrderDesk::obey(const CloseUdp& order, Moment /*now*/) {
    parts_.datagrams.close(order.bound);
}

void OrderDesk::obey(const CloseTcp& order, Moment /*now*/) {
    parts_.streams.close(order.bound);
}

void OrderDesk::obey(const IsUdpNeeded& order, Moment /*now*/) {
    order.answer(parts_.datagrams.is_needed(order.bound));
}

void OrderDesk::obey(const ListSessions& order, Moment now) {
    order.answer(list_sessions(context_, parts_.dispatcher.allocations(), order.query, now.steady));
}

void OrderDesk::obey(const EndSessions& order, Moment now) {
    const auto found = find_sessions(context_, order.filter);
    turn::Effects effects;
    for (const auto id : found) {
        parts_.dispatcher.end(id, turn::EndReason::withdrawn, effects,
                              auth::Limit::operator_decision);
    }
    parts_.executor.execute(effects, now.steady);
    order.answer(found.size());
}

void OrderDesk::obey(TakeUp& order, Moment now) {
    parts_.inheritance.take_up(std::move(order.handed), now, order.ended);
    order.done();
}

void OrderDesk::obey(const ReleaseUnclaimed& order, Moment /*now*/) {
    if (context_.kernel != nullptr) context_.kernel->release_unclaimed();
    order.done();
}

void OrderDesk::obey(const LookForWays& /*order*/, Moment /*now*/) {
    if (context_.kernel != nullptr) context_.kernel->look_for_ways();
}

}  // namespace turnpike::worker
