// SPDX-License-Identifier: BSD-3-Clause
//
// The UDP listeners of one worker: datagrams of clients in, each to the rules or to the relay by
// its first byte. Answers leave from the address that the client sent to. Owned by one worker.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "server/net/watch.hpp"
#include "server/worker/context.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/stun_service.hpp"

namespace turnpike::worker {

class DatagramService {
public:
    struct Listener {
        protocol::Endpoint bound;
        std::unique_ptr<net::Watch> socket;
    };
    using OnReadable = std::function<void(Listener&)>;

    DatagramService(Context& context, StunService& stun, PacketRelay& relay)
        : context_{context}, stun_{stun}, relay_{relay} {}

    // The socket is bound. `on_readable` is to call receive() within a turn.
    void listen(net::FileDescriptor socket, OnReadable on_readable);
    void receive(const Listener& listener, protocol::Moment now);
    void close();

private:
    void handle(const Listener& listener, net::Received datagram, protocol::Moment now);

    Context& context_;
    StunService& stun_;
    PacketRelay& relay_;
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace turnpike::worker
