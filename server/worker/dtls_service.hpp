// SPDX-License-Identifier: BSD-3-Clause
//
// The DTLS clients of one worker. Whoever has not shown that it gets what is sent to its address
// costs nothing that lasts, and gets less than it sent: a HelloVerifyRequest for a ClientHello, and
// for all else nothing (RFC 6347 section 4.2.1). An association that ends takes its allocation with
// it, as a connection does. One that shows another worker's ticket goes there. Owned by one worker.
#pragma once

#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/dtls_hello.hpp"
#include "server/worker/context.hpp"
#include "server/worker/dtls_client.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/stun_service.hpp"
#include "server/worker/timer_wheel.hpp"
#include "server/worker/visitor_desk.hpp"

namespace turnpike::worker {

class DtlsService {
public:
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
        StunService& stun;
        PacketRelay& relay;
        VisitorDesk& visitors;
        TimerWheel& wheel;
    };

    DtlsService(Context& context, const Parts& parts) : context_{context}, parts_{parts} {}

    // A datagram as it came, on a five-tuple of DTLS; its packet has room to be decrypted in place.
    void receive(const ClientMessage& datagram);
    // An association that another worker has shaken hands for goes on here, with this message of
    // it; its datagrams are passed on from there.
    void adopt(HandedAssociation association, const ClientMessage& first);
    // The deadline of the association with this number.
    void on_time(std::uint64_t number, protocol::TimePoint now);
    // Ends who is over.
    void end_turn(protocol::TimePoint now);
    void close_all(protocol::TimePoint now);
    [[nodiscard]] bool knows(const protocol::FiveTuple& five_tuple) const {
        return clients_.contains(five_tuple);
    }
    // Whether an association has its client by way of this socket.
    [[nodiscard]] bool uses(int socket) const;
    [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }

private:
    void greet(const ClientMessage& datagram, const protocol::ClientHello& hello,
               DtlsClient* known);
    void ask_for_cookie(const ClientMessage& datagram, const protocol::ClientHello& hello);
    void admit(const ClientMessage& datagram, const protocol::ClientHello& hello);
    [[nodiscard]] std::unique_ptr<DtlsClient> make(const DtlsClient::Setup& setup);
    DtlsClient& take_in(std::unique_ptr<DtlsClient> client, protocol::TimePoint now);
    void read(DtlsClient& client, const ClientMessage& datagram);
    void take_messages(DtlsClient& client, const ClientMessage& datagram);
    void handle(DtlsClient& client, protocol::Packet packet, const ClientMessage& datagram);
    void shook_hands(DtlsClient& client);
    void set_deadline(DtlsClient& client, protocol::TimePoint now);
    void hand_over(DtlsClient& client, const ClientMessage& message);
    void end(DtlsClient& client, protocol::TimePoint now);
    void forget(DtlsClient& client);

    Context& context_;
    Parts parts_;
    boost::unordered_flat_map<protocol::FiveTuple, std::unique_ptr<DtlsClient>> clients_;
    boost::unordered_flat_map<std::uint64_t, DtlsClient*> by_number_;
    std::uint64_t last_number_ = 0;
    std::vector<DtlsClient*> over_;
    turn::Effects effects_;  // reused
};

}  // namespace turnpike::worker
