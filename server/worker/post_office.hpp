// SPDX-License-Identifier: BSD-3-Clause
//
// The mailboxes of all workers: how a datagram from a relayed address of one reaches a relayed
// address of another, and how a client's connection reaches the worker that it belongs to. A full
// mailbox refuses, and the sender counts a drop; nobody ever waits. Any worker may post to any
// other; each collects from its own alone.
#pragma once

#include <memory>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "server/net/file_descriptor.hpp"
#include "server/relay/forwarder.hpp"
#include "server/worker/handed_connection.hpp"
#include "server/worker/mailbox.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

// A payload that changes threads is copied. What media sends fits in place; larger ones are rare.
struct Mail {
    protocol::Endpoint source;
    protocol::Endpoint peer;
    boost::container::small_vector<std::byte, 1472> payload;
    std::uint8_t traffic_class = 0;
};

class PostOffice {
public:
    explicit PostOffice(std::size_t workers);

    // False where the mailbox is full.
    [[nodiscard]] bool post(WorkerIndex to, const relay::PeerBound& datagram) const;

    // Where the mailbox is full the connection is closed.
    [[nodiscard]] bool hand_over(WorkerIndex to, HandedConnection connection) const;

    // Calls open(const relay::PeerBound&) and adopt(HandedConnection&&) for what has come.
    template <typename Open, typename Adopt>
    void collect(WorkerIndex own, Open&& open, Adopt&& adopt) const {
        silence(own);  // first: whoever posts from now on rings again
        boxes_[own]->mail.drain([&](const Mail& mail) {
            open(relay::PeerBound{mail.source, mail.peer, mail.payload, mail.traffic_class});
        });
        boxes_[own]->connections.drain(std::forward<Adopt>(adopt));
    }
    // Readable while there is something to collect. A duplicate, for its worker to own.
    [[nodiscard]] net::FileDescriptor bell(WorkerIndex own) const;

    // Messages for one worker. Datagrams do not crowd connections out.
    static constexpr std::size_t capacity = 512;
    static constexpr std::size_t connections_capacity = 256;

private:
    struct Box {
        Box();
        void ring() const noexcept;

        net::FileDescriptor bell;
        Mailbox<Mail> mail;
        Mailbox<HandedConnection> connections;
    };
    void silence(WorkerIndex own) const noexcept;

    std::vector<std::unique_ptr<Box>> boxes_;
};

}  // namespace turnpike::worker
