// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/stage.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "bench/load/failure.hpp"
#include "bench/load/network_namespace.hpp"
#include "bench/load/reach.hpp"
#include "bench/load/stamp.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::bench {
namespace {

using protocol::Endpoint;
using protocol::Family;

constexpr std::uint16_t channel = 0x4000;
constexpr std::size_t peers_max = 64;
constexpr std::uint16_t discard_port = 9;  // RFC 863; nothing is sent there
// Lanes of one direction in a row, where there are two.
constexpr std::size_t lanes_in_a_row = 16;
constexpr auto release_patience = std::chrono::seconds{2};
// Before the five minutes of a permission (RFC 8656 section 9), and not all at once.
constexpr std::chrono::nanoseconds refresh_interval = std::chrono::minutes{4};
constexpr std::chrono::nanoseconds look_interval = std::chrono::milliseconds{100};
constexpr auto allocation_lifetime = std::chrono::seconds{600};

// A Send indication up to where the payload begins (RFC 8656 section 11.1).
std::size_t write_indication(protocol::MutableBytes room, const Endpoint& peer,
                             std::size_t payload_octets) {
    protocol::TransactionId id;
    std::ranges::copy(protocol::as_octets("turnpike-ben"), id.octets.begin());
    protocol::MessageBuilder builder{room, protocol::MessageClass::indication,
                                     protocol::Method::send, id};
    builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
    builder.value_follows(protocol::AttributeType::data, payload_octets);
    return builder.finish().size();
}

// From where the relay is reached. Not from its own address where another can be had: a server may
// take a peer there for an allocation of its own, and loopback has more than one.
protocol::IpAddress address_beside(const Endpoint& relayed) {
    constexpr auto loopback = protocol::IpAddress::v4(0x7F000001);
    constexpr auto second = protocol::IpAddress::v4(0x7F000002);
    const auto address = local_address_towards(relayed);
    if (address != relayed.address || address != loopback) return address;
    return second;
}

}  // namespace

Stage::Stage(const Settings& settings) : settings_{settings} {
    const Load& load = settings.load;
    const std::size_t clients = load.flows * (load.symmetric ? 2 : 1);
    const std::size_t peers = load.symmetric ? 0 : std::min(load.flows, peers_max);
    need_descriptors(clients + peers);
    in_namespace(settings.places.client_netns,
                 [&] { load.direct ? make_callers(clients) : make_clients(clients); });
    if (peers > 0) in_namespace(settings.places.peer_netns, [&] { make_peers(peers); });
    if (load.profile) {
        add_call_lanes();
    } else if (load.direct) {
        add_direct_lanes();
    } else if (load.symmetric) {
        add_pair_lanes();
    } else {
        add_relay_lanes();
    }
    add_inlets();
}

Stage::~Stage() {
    const auto until = client::Clock::now() + release_patience;
    for (Party& party : parties_) {
        party.client.give_up_at(until);
        // Whoever does not answer one will not answer the others.
        if (!party.client.refresh(std::chrono::seconds{0})) break;
    }
}

bool Stage::wants_one_thread() const noexcept {
    const auto transport = settings_.access.uri.transport;
    return is_secure(transport) || is_stream(transport);
}

void Stage::keep_alive(std::chrono::nanoseconds now) {
    if (now < next_look_) return;
    next_look_ = now + look_interval;
    for (Party& party : parties_) {
        if (now < party.refresh_at) continue;
        party.refresh_at = now + refresh_interval;
        refresh(party);
    }
}

void Stage::refresh(Party& party) const {
    const auto ask = [&](protocol::Method method, const client::Client::Fill& fill) {
        // One that gets lost shows as packets that do.
        (void)party.client.connection().send(party.client.prepare(method, fill));
    };
    ask(protocol::Method::refresh,
        [](protocol::MessageBuilder& builder) { builder.lifetime(allocation_lifetime); });
    if (!party.peer) return;
    const bool binds = settings_.load.mode == Mode::channel;
    ask(binds ? protocol::Method::channel_bind : protocol::Method::create_permission,
        [&](protocol::MessageBuilder& builder) {
            if (binds) builder.channel_number(channel);
            builder.xor_address(protocol::AttributeType::xor_peer_address, *party.peer);
        });
}

void Stage::take_answer(std::size_t inlet, protocol::Bytes message) {
    if (inlet >= parties_.size() || !parties_[inlet].client.take_up(message)) return;
    parties_[inlet].refresh_at = {};
}

void Stage::make_clients(std::size_t count) {
    parties_.reserve(count);
    // The peers' family, where it is known already; else what the server likes.
    std::optional<Family> family;
    const auto& peer = settings_.places.peer_address;
    if (peer && peer->is_v6() && !settings_.load.symmetric) family = Family::ipv6;
    for (std::size_t number = 0; number < count; ++number) {
        client::Client client = reach(settings_.access, settings_.places, number);
        const auto allocation = client.allocate(family);
        if (!allocation) fail("Allocate", allocation.error());
        const auto spread = refresh_interval / 2 * (number + 1) / count;
        parties_.push_back({.client = std::move(client),
                            .allocation = *allocation,
                            .refresh_at = monotonic_now() + refresh_interval / 2 + spread});
        enlarge_buffers(parties_.back().client.connection().native_handle());
    }
}

void Stage::make_peers(std::size_t count) {
    const auto& given = settings_.places.peer_address;
    const auto address = given ? *given : address_beside(parties_[0].allocation.relayed);
    for (std::size_t number = 0; number < count; ++number) peers_.emplace_back(address);
}

void Stage::make_callers(std::size_t count) {
    const auto& peer = settings_.places.peer_address;
    if (!peer) throw BadStart{"who speaks without a relay needs a --peer-address"};
    const auto address = local_address_towards({*peer, discard_port});
    for (std::size_t number = 0; number < count; ++number) callers_.emplace_back(address);
}

void Stage::join(Party& party, const Endpoint& peer) {
    party.peer = peer;
    if (settings_.load.mode == Mode::send) {
        if (const auto permitted = party.client.permit(peer); !permitted) {
            fail("CreatePermission for " + peer.to_string(), permitted.error());
        }
        return;
    }
    if (const auto bound = party.client.bind_channel(channel, peer); !bound) {
        fail("ChannelBind to " + peer.to_string(), bound.error());
    }
}

Lane Stage::lane_of(Party& party, const Endpoint& peer, std::size_t octets) const {
    client::Connection& connection = party.client.connection();
    Lane lane;
    lane.descriptor = connection.native_handle();
    lane.channel = connection.channel() ? &*connection.channel() : nullptr;
    lane.is_stream = connection.is_stream();
    std::array<std::byte, lane_header_octets_max> header{};
    if (settings_.load.mode == Mode::send) {
        const std::size_t size = write_indication(header, peer, octets);
        lane.set_header(std::span{header}.first(size), octets, true);
        return lane;
    }
    const auto room = std::span{header}.first<protocol::channel_header_octets>();
    protocol::encode_channel_header(room, channel, static_cast<std::uint16_t>(octets));
    // Padding is for streams (RFC 8656 section 12.5).
    lane.set_header(room, octets, lane.is_stream);
    return lane;
}

Lane Stage::lane_of(const UdpSocket& socket, const Endpoint& there, std::size_t octets) {
    Lane lane;
    lane.descriptor = socket.native_handle();
    lane.destination = SocketAddress::of(there);
    lane.set_header({}, octets, false);
    return lane;
}

void Stage::add_relay_lanes() {
    std::vector<Lane> up;
    std::vector<Lane> down;
    for (std::size_t flow = 0; flow < parties_.size(); ++flow) {
        const UdpSocket& peer = peers_[flow % peers_.size()];
        join(parties_[flow], peer.local());
        up.push_back(lane_of(parties_[flow], peer.local(), settings_.load.payload_octets));
        const Endpoint& relayed = parties_[flow].allocation.relayed;
        down.push_back(lane_of(peer, relayed, settings_.load.payload_octets));
    }
    order_lanes(std::move(up), std::move(down));
}

void Stage::add_direct_lanes() {
    const std::size_t octets = settings_.load.payload_octets;
    std::vector<Lane> up;
    std::vector<Lane> down;
    for (std::size_t flow = 0; flow < callers_.size(); ++flow) {
        const UdpSocket& peer = peers_[flow % peers_.size()];
        up.push_back(lane_of(callers_[flow], peer.local(), octets));
        down.push_back(lane_of(peer, callers_[flow].local(), octets));
    }
    order_lanes(std::move(up), std::move(down));
}

void Stage::add_pair_lanes() {
    std::vector<Lane> up;
    std::vector<Lane> down;
    for (std::size_t flow = 0; flow + 1 < parties_.size(); flow += 2) {
        Party& one = parties_[flow];
        Party& other = parties_[flow + 1];
        join(one, other.allocation.relayed);
        join(other, one.allocation.relayed);
        const std::size_t octets = settings_.load.payload_octets;
        up.push_back(lane_of(one, other.allocation.relayed, octets));
        down.push_back(lane_of(other, one.allocation.relayed, octets));
    }
    order_lanes(std::move(up), std::move(down));
}

// A lane for each stream of each party.
void Stage::add_call_lanes() {
    for (std::size_t flow = 0; flow < parties_.size(); ++flow) {
        Party& party = parties_[flow];
        const UdpSocket& peer = peers_[flow % peers_.size()];
        join(party, peer.local());
        for (const StreamShape& shape : settings_.load.profile->streams) {
            lanes_.push_back(shape.up
                                 ? lane_of(party, peer.local(), shape.payload_octets)
                                 : lane_of(peer, party.allocation.relayed, shape.payload_octets));
            lanes_.back().shape = shape;
        }
    }
    number_lanes();
}

// Lanes of one socket stand together, so that one system call serves several of them.
void Stage::order_lanes(std::vector<Lane> up, std::vector<Lane> down) {
    if (settings_.load.direction == Direction::up) down.clear();
    if (settings_.load.direction == Direction::down) up.clear();
    std::ranges::sort(up, {}, &Lane::descriptor);
    std::ranges::sort(down, {}, &Lane::descriptor);
    for (std::size_t at = 0; at < std::max(up.size(), down.size()); at += lanes_in_a_row) {
        for (const auto* some : {&up, &down}) {
            const std::size_t end = std::min(at + lanes_in_a_row, some->size());
            for (std::size_t each = at; each < end; ++each) lanes_.push_back((*some)[each]);
        }
    }
    number_lanes();
}

void Stage::number_lanes() noexcept {
    for (std::size_t each = 0; each < lanes_.size(); ++each) {
        lanes_[each].number = static_cast<std::uint32_t>(each);
    }
}

void Stage::add_inlets() {
    for (Party& party : parties_) {
        client::Connection& connection = party.client.connection();
        inlets_.push_back({.descriptor = connection.native_handle(),
                           .framing = Inlet::Framing::turn,
                           .channel = connection.channel() ? &*connection.channel() : nullptr,
                           .is_stream = connection.is_stream()});
    }
    for (const auto* sockets : {&peers_, &callers_}) {
        for (const UdpSocket& each : *sockets) {
            inlets_.push_back({.descriptor = each.native_handle()});
        }
    }
    if (!settings_.load.segmentation) return;
    for (const Inlet& inlet : inlets_) {
        if (!inlet.is_stream && inlet.channel == nullptr) coalesce_received(inlet.descriptor);
    }
}

}  // namespace turnpike::bench
