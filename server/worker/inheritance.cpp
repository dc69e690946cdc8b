// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/inheritance.hpp"

#include <algorithm>
#include <utility>

#include "server/worker/allocation_owner.hpp"
#include "server/worker/kernel_relay.hpp"

namespace turnpike::worker {

using protocol::Moment;
using protocol::TimePoint;
using turn::EndReason;

HandedWorker Inheritance::hand_over(TimePoint now) {
    HandedWorker worker{.opened = parts_.opener.opened(), .allocations = {}};
    turn::Effects effects;
    for (const auto id : parts_.dispatcher.allocations().ids()) {
        if (auto each = handed(*parts_.dispatcher.allocations().find(id))) {
            context_.usage.handed_over(*context_.holdings.find(id), now);
            worker.allocations.push_back(*std::move(each));
        } else {
            parts_.dispatcher.end(id, EndReason::shutdown, effects);
        }
    }
    parts_.executor.execute(effects, now);
    return worker;
}

std::optional<HandedAllocation> Inheritance::handed(const turn::Allocation& allocation) const {
    const Holding* holding = context_.holdings.find(allocation.id());
    if (holding == nullptr || !holding->is_announced) return std::nullopt;
    auto rules = allocation.state();
    if (!rules) return std::nullopt;
    if (context_.kernel != nullptr) {
        context_.kernel->leave(*holding, std::ranges::max(rules->expires));
    }
    const relay::Account& account = holding->session->account();
    const TimePoint::duration heard{holding->seat->heard().load(std::memory_order_relaxed)};
    HandedAllocation handed{
        .rules = *std::move(rules),
        .bound = {},
        .all = account.all(),
        .own = account.own(),
        .slot = holding->kernel ? std::optional{holding->kernel->slot} : std::nullopt,
        .heard = TimePoint{heard},
        .since_wall = holding->since_wall};
    for (std::size_t family = 0; family < handed.bound.size(); ++family) {
        if (const auto& relay = holding->relays[family]) handed.bound[family] = relay->port.local;
    }
    return handed;
}

void Inheritance::take_up(HandedWorker handed, Moment now, std::optional<TimePoint> ended) {
    parts_.opener.count_from(handed.opened);
    turn::Effects effects;
    for (HandedAllocation& each : handed.allocations) {
        const auto id = each.rules.seed.id;
        if (is_strange(each)) continue;
        if (take_up(std::move(each), now) && !ended) continue;
        effects.clear();
        parts_.dispatcher.end(id, EndReason::shutdown, effects);
        parts_.executor.execute(effects, ended.value_or(now.steady));
    }
}

// No file of ours has two of something.
bool Inheritance::is_strange(const HandedAllocation& each) const {
    const turn::AllocationSeed& seed = each.rules.seed;
    const auto is_taken = [&](const std::optional<protocol::Endpoint>& relayed) {
        return relayed && context_.routes.find(*relayed) != nullptr;
    };
    return owner_of(seed.id) != context_.index || context_.holdings.find(seed.id) != nullptr ||
           context_.routes.knows(each.rules.client) || std::ranges::any_of(seed.relayed, is_taken);
}

bool Inheritance::take_up(HandedAllocation each, Moment now) {
    const auto id = each.rules.seed.id;
    const std::string username = each.rules.seed.grant.username;
    const bool has_token = each.rules.seed.grant.token.has_value();
    const protocol::FiveTuple& client = each.rules.client;
    const auto link = context_.udp_sockets.link(client.server, client.client);
    const bool is_whole = parts_.opener.reopen(each, link.value_or(ClientLink{}), now);
    if (each.slot && context_.kernel != nullptr) {
        (void)context_.kernel->adopt(*context_.holdings.find(id), *each.slot, each.own);
    }
    turn::Effects effects;
    parts_.dispatcher.inherit(std::move(each.rules), effects);
    parts_.executor.execute(effects, now.steady);
    parts_.executor.go_on(id, now.steady,
                          has_token ? std::nullopt : parts_.accounts.who_of(username));
    end_if_due(id, now.steady);
    return is_whole && link;
}

// Meanwhile, and not only now.
void Inheritance::end_if_due(protocol::AllocationId id, TimePoint now) {
    const turn::Allocation* allocation = parts_.dispatcher.allocations().find(id);
    const auto deadline = allocation == nullptr ? std::nullopt : allocation->deadline();
    if (!deadline || now < *deadline) return;
    turn::Effects effects;
    parts_.dispatcher.on_time(id, *deadline, effects);
    parts_.executor.execute(effects, *deadline);
}

}  // namespace turnpike::worker
