// SPDX-License-Identifier: BSD-3-Clause
//
// The UDP listeners of one worker: datagrams of clients in, each to the rules, to the relay or to
// its DTLS association by its first byte. Answers leave from the address that the client sent to.
// Owned by one worker.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "protocol/classify.hpp"
#include "server/net/watch.hpp"
#include "server/worker/context.hpp"
#include "server/worker/dtls_service.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/stun_service.hpp"

namespace turnpike::worker {

class DatagramService {
public:
    // What a listener is for; the rest is dropped.
    enum class Serves : std::uint8_t {
        plain,
        dtls,
        both,  // told apart by the first octet (RFC 7983)
    };
    struct Listener {
        protocol::Endpoint bound;
        Serves serves = Serves::plain;
        std::unique_ptr<net::Watch> socket;
    };
    using OnReadable = std::function<void(Listener&)>;

    struct Parts {
        StunService& stun;
        PacketRelay& relay;
        DtlsService& dtls;
        VisitorDesk& visitors;
    };

    DatagramService(Context& context, const Parts& parts) : context_{context}, parts_{parts} {}

    // The socket is bound. `on_readable` is to call receive() within a turn.
    void listen(net::FileDescriptor socket, Serves serves, OnReadable on_readable);
    void receive(const Listener& listener, protocol::Moment now);
    // From another worker.
    void receive(VisitorMail mail, protocol::Moment now);
    void close();

private:
    void serve(const ClientMessage& message, protocol::Kind kind);
    void handle(const Listener& listener, net::Received datagram, protocol::Moment now);

    Context& context_;
    Parts parts_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace turnpike::worker
