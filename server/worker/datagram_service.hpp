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
#include "server/worker/entrance.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/stun_service.hpp"

namespace turnpike::worker {

class DatagramService {
public:
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
    // The listener that is bound there serves something else from now on.
    void change(const protocol::Endpoint& bound, Serves serves);
    // Whether an allocation or an association has its client by way of it.
    [[nodiscard]] bool is_needed(const protocol::Endpoint& bound) const;
    // Nobody may need it any more.
    void close(const protocol::Endpoint& bound);
    void receive(const Listener& listener, protocol::Moment now);
    // From another worker.
    void receive(VisitorMail mail, protocol::Moment now);
    void close();

private:
    void serve(const ClientMessage& message, protocol::Kind kind);
    [[nodiscard]] bool is_known(const protocol::FiveTuple& five_tuple) const;
    void register_socket(const Listener& listener);
    void handle(const Listener& listener, net::Received datagram, protocol::Moment now);

    Context& context_;
    Parts parts_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace turnpike::worker
