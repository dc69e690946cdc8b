// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/effect_executor.hpp"

#include <array>
#include <cassert>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/error_code.hpp"
#include "server/turn/connect.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/kernel_relay.hpp"

namespace turnpike::worker {

using protocol::Family;
using telemetry::Area;
using telemetry::Counter;
using telemetry::Event;
using telemetry::Field;
using turn::EndReason;

namespace {

// SOFTWARE may take 763 octets (RFC 8489 section 14.14).
constexpr std::size_t connect_answer_octets = 1024;

Counter end_counter(EndReason reason) noexcept {
    switch (reason) {
        case EndReason::deleted:
            return Counter::allocations_ended_deleted;
        case EndReason::expired:
            return Counter::allocations_ended_expired;
        case EndReason::deadline:
            return Counter::allocations_ended_deadline;
        case EndReason::bytes:
            return Counter::allocations_ended_bytes;
        case EndReason::withdrawn:
            return Counter::allocations_ended_withdrawn;
        case EndReason::replaced:
            return Counter::allocations_ended_replaced;
        case EndReason::disconnected:
            return Counter::allocations_ended_disconnected;
        case EndReason::shutdown:
            return Counter::allocations_ended_shutdown;
        case EndReason::refused:
            return Counter::allocations_ended_refused;
    }
    return Counter::allocations_ended_shutdown;
}

std::string client_text(const turn::Place& place) {
    return place.at ? place.at->client.to_string() : "away";
}

}  // namespace

void EffectExecutor::execute(const turn::Effects& effects, protocol::TimePoint now,
                             const ClientLink* link) {
    for (const turn::Effect& effect : effects) {
        std::visit(
            [&](const auto& each) {
                using Each = std::decay_t<decltype(each)>;
                if constexpr (std::is_same_v<Each, turn::EndAllocation>) {
                    carry_out(each, now);
                } else if constexpr (std::is_same_v<Each, turn::MoveClient>) {
                    carry_out(each, link);
                } else {
                    carry_out(each);
                }
            },
            effect);
    }
    tell_kernel();
}

void EffectExecutor::announce(protocol::AllocationId id, std::chrono::seconds lifetime,
                              const std::optional<accounts::Who>& who) {
    Holding* holding = context_.holdings.find(id);
    if (holding == nullptr) return;
    if (holding->is_probe) return context_.count(Counter::allocations_probed);
    context_.count(Counter::allocations_made);
    context_.usage.began(*holding, holding->since);
    count_in(*holding, holding->since, who);
    context_.shared.log.info(Area::session, "allocation made",
                             {{"id", static_cast<std::uint64_t>(id)},
                              {"user", holding->username},
                              {"realm", holding->realm},
                              Field::address("client", client_text(holding->place)),
                              {"transport", to_string(holding->session->five_tuple().transport)},
                              {"relayed", relayed_text(*holding)},
                              {"lifetime_seconds", lifetime.count()}});
}

void EffectExecutor::go_on(protocol::AllocationId id, protocol::TimePoint now,
                           const std::optional<accounts::Who>& who) {
    Holding* holding = context_.holdings.find(id);
    if (holding == nullptr) return;
    context_.count(Counter::allocations_inherited);
    count_in(*holding, now, who);
    context_.shared.log.info(Area::session, "allocation goes on",
                             {{"id", static_cast<std::uint64_t>(id)},
                              {"user", holding->username},
                              {"realm", holding->realm},
                              Field::address("client", client_text(holding->place)),
                              {"relayed", relayed_text(*holding)}});
}

// From now on it is everybody's: the gauges', the database's, and the usage rows'.
void EffectExecutor::count_in(Holding& holding, protocol::TimePoint now,
                              const std::optional<accounts::Who>& who) {
    holding.is_announced = true;
    count_live(holding);
    if (who) context_.live_accounts.insert(holding.id, *who, holding.seat->call());
    if (!context_.usage.is_on()) return;
    wheel_.set({TimerKind::usage, static_cast<std::uint64_t>(holding.id)},
               now + UsageReporter::interval);
}

void EffectExecutor::report(protocol::AllocationId id, protocol::TimePoint now) {
    Holding* holding = context_.holdings.find(id);
    if (holding == nullptr) return;
    context_.usage.goes_on(*holding, now);
    wheel_.set({TimerKind::usage, static_cast<std::uint64_t>(id)}, now + UsageReporter::interval);
}

void EffectExecutor::carry_out(const turn::InstallRoute& effect) {
    context_.routes.install(effect.allocation, effect.route.peer, effect.route.channel,
                            effect.expires);
    note_for_kernel(effect.allocation);
}

void EffectExecutor::carry_out(const turn::RemoveRoute& effect) {
    context_.routes.remove(effect.allocation, effect.route.peer, effect.route.channel);
    note_for_kernel(effect.allocation);
    const bool is_channel = effect.route.channel != 0;
    context_.count(is_channel ? Counter::channels_expired : Counter::permissions_expired);
}

void EffectExecutor::carry_out(const turn::AmendSession& effect) {
    Holding* holding = context_.holdings.find(effect.allocation);
    if (holding == nullptr) return;
    holding->session->amend({.deadline = effect.deadline,
                             .bytes = effect.bytes,
                             .bits_per_second = effect.bits_per_second});
    if (context_.kernel != nullptr) context_.kernel->amend(*holding);
}

void EffectExecutor::carry_out(const turn::SetDeadline& effect) {
    wheel_.set(effect.allocation, effect.when);
}

void EffectExecutor::carry_out(const turn::CloseRelay& effect) {
    context_.routes.close_relayed(effect.allocation, effect.family);
    if (Holding* holding = context_.holdings.find(effect.allocation)) {
        follow_in_kernel(*holding);  // before somebody else has the port
        close(*holding, effect.family);
        count_live(*holding);
    }
}

void EffectExecutor::carry_out(const turn::ClosePeerConnection& effect) {
    wheel_.cancel({TimerKind::peer_connection, static_cast<std::uint32_t>(effect.connection)});
    auto stream = context_.peer_streams.take(effect.connection);
    if (stream == nullptr) return;
    const bool carried = stream->state() == PeerStream::State::over;
    const bool has_client = stream->has_client();
    const Counter reason = stream->reason();
    const turn::PeerConnection connection = stream->connection();
    const auto awaited = stream->take_awaited();
    stream.reset();  // before it is counted, as an allocation is
    if (has_client) context_.count(Counter::tcp_closed);  // its connection, which came as others do
    if (carried) context_.count(reason);
    if (awaited) {
        context_.count(Counter::peer_failed);
        answer(*awaited, connection, std::nullopt);
    }
}

void EffectExecutor::answer(const turn::AwaitedConnect& awaited,
                            const turn::PeerConnection& connection,
                            std::optional<protocol::ConnectionId> name) {
    const Holding* holding = context_.holdings.find(connection.allocation);
    if (holding == nullptr || holding->link.stream == nullptr) return;
    const auto code = static_cast<unsigned>(protocol::ErrorCode::connection_timeout_or_failure);
    if (!name) context_.count(Counter::error_447);
    context_.counters.answers.add(telemetry::RequestMethod::connect,
                                  name ? telemetry::success_code : code);
    std::array<std::byte, connect_answer_octets> room{};
    holding->link.stream->answer(
        turn::answer_connect(awaited, name, context_.rules->settings.turn.software, room));
}

void EffectExecutor::carry_out(const turn::EndAllocation& effect, protocol::TimePoint now) {
    wheel_.cancel(effect.allocation);
    Holding* holding = context_.holdings.find(effect.allocation);
    if (holding == nullptr) return;
    const std::string_view reason = effect.limit && effect.reason != EndReason::replaced
                                        ? auth::row_of(*effect.limit).name
                                        : to_string(effect.reason);
    const bool is_probe = holding->is_probe;
    if (context_.kernel != nullptr) context_.kernel->end(*holding);  // the account is complete now
    if (!is_probe) log_end(*holding, reason, now);
    if (holding->is_announced) {
        wheel_.cancel({TimerKind::usage, static_cast<std::uint64_t>(effect.allocation)});
        context_.usage.ended(*holding, reason, now);
        context_.live_accounts.erase(effect.allocation);
    }
    // A packet in the outbox may still name a socket that closes here; its number must not be taken
    // by another socket before it has left.
    context_.outbox.flush();
    for (const Family family : {Family::ipv4, Family::ipv6}) close(*holding, family);
    if (holding->place.next) context_.routes.forget(*holding->place.next);
    context_.routes.close(effect.allocation);  // before the seat, whose limits it knows
    context_.holdings.erase(effect.allocation);
    if (effect.limit) {
        context_.counters.limits.add(static_cast<std::size_t>(*effect.limit),
                                     telemetry::LimitEffect::ended);
    }
    // Last: whoever sees the count finds everything given back.
    if (!is_probe) context_.count(end_counter(effect.reason));
}

void EffectExecutor::carry_out(const turn::MoveClient& effect, const ClientLink* link) {
    Holding* holding = context_.holdings.find(effect.allocation);
    if (holding == nullptr) return;
    const turn::Place before = holding->place;
    const auto link_to = [&](const protocol::FiveTuple& five_tuple) -> ClientLink {
        if (before.at == five_tuple) return holding->link;
        if (before.next == five_tuple) return *holding->next_link;
        assert(link != nullptr);
        return *link;
    };
    const auto& [at, next] = effect.place;
    const ClientLink now_at = at ? link_to(*at) : ClientLink{};
    protocol::Rare<ClientLink> next_link;
    if (next) next_link = link_to(*next);
    holding->next_link = std::move(next_link);
    holding->link = now_at;
    if (before.next) context_.routes.forget(*before.next);
    if (before.at != effect.place.at) {
        context_.routes.move(effect.allocation, effect.place.at);
        log_move(*holding, effect.place);
    }
    if (effect.place.next) context_.routes.expect(effect.allocation, *effect.place.next);
    holding->place = effect.place;
    count_live(*holding);
    follow_in_kernel(*holding);
}

void EffectExecutor::follow_in_kernel(Holding& holding) {
    if (context_.kernel != nullptr) context_.kernel->follow(holding);
}

// Many routes of one allocation often change at once.
void EffectExecutor::note_for_kernel(protocol::AllocationId id) {
    if (context_.kernel == nullptr) return;
    if (changed_.empty() || changed_.back() != id) changed_.push_back(id);
}

void EffectExecutor::tell_kernel() {
    for (const protocol::AllocationId id : std::exchange(changed_, {})) {
        if (Holding* holding = context_.holdings.find(id)) follow_in_kernel(*holding);
    }
}

// Whoever is away counts as where he was.
void EffectExecutor::count_live(Holding& holding) noexcept {
    using telemetry::RelayFamilies;
    if (!holding.is_announced) return;
    const auto& [ipv4, ipv6] = holding.relays;
    const auto transport = static_cast<std::size_t>(holding.session->five_tuple().transport);
    const auto families = !ipv6   ? RelayFamilies::ipv4
                          : !ipv4 ? RelayFamilies::ipv6
                                  : RelayFamilies::both;
    holding.counted = {context_.counters.allocations, transport, families};
}

void EffectExecutor::log_move(const Holding& holding, const turn::Place& to) {
    if (to.at) context_.count(Counter::allocations_moved);
    context_.shared.log.info(
        Area::session, to.at ? Event{"allocation moved"} : Event{"allocation waits for its client"},
        {{"id", static_cast<std::uint64_t>(holding.id)},
         {"user", holding.username},
         Field::address("from", client_text(holding.place)),
         Field::address("to", client_text(to)),
         {"transport", to.at ? to_string(to.at->transport) : std::string_view{"none"}}});
}

void EffectExecutor::close(Holding& holding, Family family) {
    auto& relay = holding.relays[turn::index_of(family)];
    if (!relay) return;
    context_.outbox.flush();
    relay->socket = {};  // before the port: whoever takes it must be able to bind it
    relay->listener.reset();
    context_.shared.directory.give_back(relay->port);
    relay.reset();
}

void EffectExecutor::log_end(const Holding& holding, std::string_view reason,
                             protocol::TimePoint now) {
    const relay::Traffic to_peer = holding.session->traffic_to_peer();
    const relay::Traffic to_client = holding.session->traffic_from_peer();
    context_.shared.log.info(Area::session, "allocation ended",
                             {{"id", static_cast<std::uint64_t>(holding.id)},
                              {"user", holding.username},
                              {"realm", holding.realm},
                              Field::address("client", client_text(holding.place)),
                              {"relayed", relayed_text(holding)},
                              {"reason", reason},
                              {"duration_seconds", now - holding.since},
                              {"bytes_to_peer", to_peer.bytes},
                              {"packets_to_peer", to_peer.packets},
                              {"bytes_to_client", to_client.bytes},
                              {"packets_to_client", to_client.packets}});
}

}  // namespace turnpike::worker
