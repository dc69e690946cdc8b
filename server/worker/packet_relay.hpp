// SPDX-License-Identifier: BSD-3-Clause
//
// Moves payloads between clients and peers as relay::forwarder decides: between a client's link and
// a relay socket, or straight from one relayed address of this server to another (hairpin), here or
// through the mailbox of the worker that has it. Payloads stay in the buffer they came in. Nothing
// is allocated, logged or locked for a packet but in the hand-over to another worker. Owned by one
// worker.
#pragma once

#include <functional>
#include <span>
#include <utility>

#include "protocol/packet.hpp"
#include "protocol/time.hpp"
#include "server/net/poller.hpp"
#include "server/relay/forwarder.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/client_message.hpp"
#include "server/worker/context.hpp"
#include "server/worker/post_office.hpp"
#include "server/worker/visitor_desk.hpp"

namespace turnpike::worker {

class PacketRelay {
public:
    // To tell the rules that data came from where a client had moved to.
    using OnArrival = std::function<void(const ClientMessage&)>;

    PacketRelay(Context& context, const PostOffice& post_office, VisitorDesk& visitors,
                OnArrival on_arrival)
        : context_{context},
          post_office_{post_office},
          visitors_{visitors},
          on_arrival_{std::move(on_arrival)} {}

    // ChannelData, and Send indications that the rules let through.
    void from_channel(const ClientMessage& message);
    void from_send(const ClientMessage& message, const turn::RelayToPeer& indication);
    // What waits in relay sockets, data and ICMP errors, up to a bound for each. All of it goes on
    // together.
    void from_peers(std::span<const net::Poller::Ready> ready, protocol::TimePoint now);
    // What a relayed address of another worker sent to one of ours.
    void from_worker(const relay::PeerBound& peer_bound, protocol::TimePoint now);

    // A copy in a buffer that is free while streams and mailboxes are served, until the outbox is
    // flushed.
    [[nodiscard]] protocol::Packet copy_with_room(protocol::Bytes payload) noexcept;

private:
    [[nodiscard]] relay::Session* session_of(const ClientMessage& message);
    void to_peer(const relay::Session& session, const relay::PeerBound& peer_bound,
                 const ClientMessage& message, bool dont_fragment);
    void hairpin(const relay::PeerBound& peer_bound, const ClientMessage& message);
    void from_relay(const relay::PeerBound& peer_bound, protocol::Packet packet,
                    protocol::TimePoint now);
    void receive(const Holding& holding, protocol::Family family, protocol::TimePoint now);
    void errors_from_peers(const Holding& holding, protocol::Family family,
                           protocol::TimePoint now);
    [[nodiscard]] protocol::Packet room_for(std::size_t octets) noexcept;
    enum class Path : std::uint8_t { socket, hairpin };
    void to_client(const Holding& holding, net::Received& datagram, Path path,
                   protocol::TimePoint now);
    void count_to_peer(Path path, std::size_t octets) noexcept;
    void count_to_client(Path path, std::size_t octets) noexcept;
    [[nodiscard]] bool is_relay_address(const protocol::IpAddress& address) const noexcept;
    void count(relay::Drop drop) noexcept;
    void drop(const relay::Session& session, relay::Drop reason);

    Context& context_;
    const PostOffice& post_office_;
    VisitorDesk& visitors_;
    OnArrival on_arrival_;
};

}  // namespace turnpike::worker
