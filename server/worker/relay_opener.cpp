// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/relay_opener.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "server/net/peer_socket.hpp"
#include "server/net/relay_socket.hpp"
#include "server/net/socket_options.hpp"
#include "server/worker/allocation_owner.hpp"
#include "server/worker/random.hpp"

namespace turnpike::worker {

using protocol::ErrorCode;
using protocol::Family;
using relay::PortWish;

namespace {

// Ports that other programs hold are skipped; beyond this the range is someone else's.
constexpr int tries_max = 64;

PortWish port_wish(const turn::OpenRelay& wish) {
    if (wish.reserve_next) return PortWish::pair;
    return wish.even ? PortWish::even : PortWish::any;
}

RelayPort after(const RelayPort& port) {
    RelayPort next = port;
    ++next.local.port;
    ++next.advertised.port;
    return next;
}

// The grant's deadline, or the one that every allocation has, whichever comes first.
std::optional<protocol::TimePoint> deadline_of(const auth::Grant& grant,
                                               const turn::Settings& settings,
                                               protocol::TimePoint now) {
    const auto session = grant.session.value_or(settings.session_limit);
    if (session.count() == 0) return grant.deadline;
    const auto limit = now + session;
    return grant.deadline ? std::min(*grant.deadline, limit) : limit;
}

// Whose a reservation is. Each access token makes a user of its own (RFC 7635), so that who
// allocates twice may be two of them: there the random number alone decides.
std::string_view claimant(const auth::Grant& grant) noexcept {
    return grant.token ? std::string_view{} : std::string_view{grant.username};
}

// What is known of an allocation before it has an address.
struct Opening {
    protocol::AllocationId id{};
    const auth::Grant& grant;
    const protocol::FiveTuple& five_tuple;
    const ClientLink& link;
    protocol::TimePoint since;
    storage::Time since_wall;
};

relay::SessionSeed seed_of(const Opening& opening, accounts::Attendance::Seat& seat,
                           const turn::Settings& settings) {
    return {.id = opening.id,
            .five_tuple = opening.five_tuple,
            .relayed = {},
            .limits = {.deadline = deadline_of(opening.grant, settings, opening.since),
                       .bytes = opening.grant.bytes,
                       .bits_per_second = opening.grant.bits_per_second},
            .user = seat.user_limits(),
            .call = seat.call_limits(),
            .heard = &seat.heard(),
            .random = random_number()};
}

Holding holding_of(const Opening& opening, std::unique_ptr<accounts::Attendance::Seat> seat) {
    return {.id = opening.id,
            .place = {.at = opening.five_tuple, .next = {}},
            .link = opening.link,
            .next_link = {},
            .relays = {},
            .username = opening.grant.username,
            .realm = opening.grant.realm,
            .seat = std::move(seat),
            .since = opening.since,
            .since_wall = opening.since_wall,
            .is_probe = opening.grant.is_probe};
}

}  // namespace

RelayOpener::RelayOpener(Context& context, net::Poller& poller, Events events)
    : context_{context}, poller_{poller}, events_{std::move(events)} {}

turn::OpenedRelay RelayOpener::open(const turn::OpenRelay& wish, const Client& client) {
    turn::OpenedRelay opened;
    const Shared& shared = context_.shared;
    if (shared.ledger != nullptr && !shared.ledger->accepts()) {
        context_.count(telemetry::Counter::allocations_unrecorded);
        opened.error = ErrorCode::insufficient_capacity;
        return opened;
    }
    const protocol::TimePoint now = client.now.steady;
    opened.allocation = next_id();
    auto seat = admit(wish.identity.grant, now, opened);
    if (!seat) return opened;
    Halves halves = bind(wish, now, opened);
    if (!halves[0] && !halves[1]) {
        opened.error = ErrorCode::insufficient_capacity;
        return opened;
    }
    hold(wish, client, {std::move(halves), std::move(seat)}, opened);
    return opened;
}

std::unique_ptr<accounts::Attendance::Seat> RelayOpener::admit(const auth::Grant& grant,
                                                               protocol::TimePoint now,
                                                               turn::OpenedRelay& opened) {
    const Shared& shared = context_.shared;
    if (shared.accounts != nullptr && shared.accounts->is_shared() &&
        !shared.accounts->is_connected()) {
        context_.count(telemetry::Counter::allocations_by_local_quota);
    }
    auto admission = shared.attendance.admit(grant, opened.allocation, now);
    if (admission.refused) {
        opened.error = ErrorCode::allocation_quota_reached;
        opened.limit = admission.refused;
    }
    if (admission.ousted) events_.ousted(*admission.ousted);
    return std::move(admission.seat);
}

RelayOpener::Halves RelayOpener::bind(const turn::OpenRelay& wish, protocol::TimePoint now,
                                      turn::OpenedRelay& opened) {
    Halves halves;
    if (wish.reservation) {
        const RelayDirectory::Claim claim{*wish.reservation, claimant(wish.identity.grant)};
        if (auto bound = bind_reserved(opened.allocation, claim, now)) {
            halves[turn::index_of(bound->port.local.address.family())] = std::move(bound);
        }
    }
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        const std::size_t index = turn::index_of(family);
        if (wish.reservation || !wish.families[index]) continue;
        halves[index] = bind_any({opened.allocation, family}, wish);
        if (!halves[index]) opened.family_error[index] = ErrorCode::insufficient_capacity;
    }
    return halves;
}

std::optional<RelayEnd> RelayOpener::bind_any(const RelayName& name, const turn::OpenRelay& asked) {
    RelayDirectory& directory = context_.shared.directory;
    const PortWish wish = port_wish(asked);
    std::vector<RelayPort> refused;  // held until the search is over, so that none is found twice
    std::optional<RelayEnd> found;
    for (int tries = 0; tries < tries_max && !found; ++tries) {
        const auto port = directory.take(name.family, wish, random_number());
        if (!port) break;
        auto bound =
            asked.transport == protocol::Transport::tcp ? bind_tcp(*port) : bind_udp(*port, name);
        bool usable = bound.has_value();
        // A reserved port is bound when it is asked for; here only whether it could be.
        if (usable && wish == PortWish::pair) {
            usable = net::open_relay_socket(after(*port).local).has_value();
        }
        if (usable) {
            found = *std::move(bound);
        } else {
            refused.push_back(*port);
            if (bound.has_error() && bound.error().value() != EADDRINUSE) break;
        }
    }
    for (const RelayPort& port : refused) give_back(port, wish);
    return found;
}

std::optional<RelayEnd> RelayOpener::bind_reserved(protocol::AllocationId id,
                                                   const RelayDirectory::Claim& claim,
                                                   protocol::TimePoint now) {
    const auto port = context_.shared.directory.redeem(claim, now);
    if (!port) return std::nullopt;
    auto bound = bind_udp(*port, {id, port->local.address.family()});
    if (!bound) {
        give_back(*port, PortWish::any);
        return std::nullopt;
    }
    return *std::move(bound);
}

protocol::Result<RelayEnd> RelayOpener::bind_udp(const RelayPort& port, const RelayName& name) {
    auto socket = net::open_relay_socket(port.local);
    if (!socket) return socket.error();
    if (context_.rules->settings.copies_traffic_class) {
        net::report_traffic_class(socket->get(), name.family);
    }
    if (context_.shared.packet_io == net::PacketIo::offload) net::accept_bursts(socket->get());
    if (!poller_.add(socket->get(), name.packed())) {
        return make_error_code(boost::system::errc::not_enough_memory);
    }
    return RelayEnd{.port = port, .socket = *std::move(socket), .listener = nullptr};
}

protocol::Result<RelayEnd> RelayOpener::bind_tcp(const RelayPort& port) {
    auto socket = net::open_peer_listener(port.local);
    if (!socket) return socket.error();
    auto watch = std::make_unique<net::Watch>(context_.io, *std::move(socket));
    if (!*watch) return make_error_code(boost::system::errc::not_enough_memory);
    return RelayEnd{.port = port, .socket = {}, .listener = std::move(watch)};
}

void RelayOpener::give_back(const RelayPort& port, PortWish wish) {
    context_.shared.directory.give_back(port);
    if (wish == PortWish::pair) context_.shared.directory.give_back(after(port));
}

void RelayOpener::hold(const turn::OpenRelay& wish, const Client& client, Taken taken,
                       turn::OpenedRelay& opened) {
    auto& [halves, seat] = taken;
    const protocol::TimePoint now = client.now.steady;
    const auth::Grant& grant = wish.identity.grant;
    const Opening opening{.id = opened.allocation,
                          .grant = grant,
                          .five_tuple = client.five_tuple,
                          .link = client.link,
                          .since = now,
                          .since_wall = storage::to_time(client.now.wall)};
    relay::SessionSeed seed = seed_of(opening, *seat, context_.rules->settings.turn);
    Holding& holding = context_.holdings.insert(holding_of(opening, std::move(seat)));
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        const std::size_t index = turn::index_of(family);
        if (!halves[index]) continue;
        const RelayPort port = halves[index]->port;
        opened.relayed[index] = port.advertised;
        // No datagram is ever handed to a TCP allocation.
        if (wish.transport == protocol::Transport::udp) seed.relayed[index] = port.advertised;
        holding.relays[index] = std::move(halves[index]);
        if (wish.transport == protocol::Transport::tcp) watch(holding, family);
        context_.shared.directory.publish(port, context_.index, wish.transport);
        if (wish.reserve_next) opened.reservation = reserve_after(port, claimant(grant), now);
    }
    holding.session = &context_.routes.open(seed, now);
}

bool RelayOpener::reopen(const HandedAllocation& handed, const ClientLink& link,
                         protocol::Moment now) {
    const turn::AllocationSeed& rules = handed.rules.seed;
    bool is_whole = true;
    auto seat = admit_again(rules.grant, rules.id, now.steady);
    seat->heard().store(handed.heard.time_since_epoch().count(), std::memory_order_relaxed);
    const Opening opening{.id = rules.id,
                          .grant = rules.grant,
                          .five_tuple = handed.rules.client,
                          .link = link,
                          .since = handed.rules.began,
                          .since_wall = handed.since_wall};
    relay::SessionSeed seed = seed_of(opening, *seat, context_.rules->settings.turn);
    seed.relayed = rules.relayed;
    Holding& holding = context_.holdings.insert(holding_of(opening, std::move(seat)));
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        const std::size_t index = turn::index_of(family);
        if (!rules.relayed[index]) continue;
        if (handed.bound[index]) {
            holding.relays[index] = bind_again(*handed.bound[index], {rules.id, family});
        }
        const auto& relay = holding.relays[index];
        is_whole = is_whole && relay && relay->port.advertised == rules.relayed[index];
        if (relay) context_.shared.directory.publish(relay->port, context_.index);
    }
    holding.session = &context_.routes.open(seed, handed.rules.began);
    holding.session->account().go_on(handed.all);
    return is_whole;
}

// What was admitted is not judged again: who came afterwards may have been counted meanwhile.
std::unique_ptr<accounts::Attendance::Seat> RelayOpener::admit_again(const auth::Grant& grant,
                                                                     protocol::AllocationId id,
                                                                     protocol::TimePoint now) {
    auth::Grant held = grant;
    held.allocations = 0;
    held.elsewhere.reset();
    if (held.call_grant) held.call_grant->participants = 0;
    turn::OpenedRelay opened;
    opened.allocation = id;
    return admit(held, now, opened);
}

std::optional<RelayEnd> RelayOpener::bind_again(const protocol::Endpoint& local,
                                                const RelayName& name) {
    const auto port = context_.shared.directory.port_at(local);
    if (!port) return std::nullopt;
    auto bound = bind_udp(*port, name);
    if (bound) return *std::move(bound);
    give_back(*port, PortWish::any);
    return std::nullopt;
}

void RelayOpener::watch(Holding& holding, Family family) {
    holding.relays[turn::index_of(family)]->listener->on_readable(
        [this, &holding, family] { events_.acceptable(holding, family); });
}

std::uint64_t RelayOpener::reserve_after(const RelayPort& port, std::string_view username,
                                         protocol::TimePoint now) {
    const std::uint64_t token = random_number();
    context_.shared.directory.reserve(after(port), {token, username},
                                      now + context_.rules->settings.reservation);
    return token;
}

protocol::AllocationId RelayOpener::next_id() noexcept {
    return name_allocation(context_.index, ++opened_);
}

}  // namespace turnpike::worker
