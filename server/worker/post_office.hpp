// SPDX-License-Identifier: BSD-3-Clause
//
// The mailboxes of all workers: how a datagram from a relayed address of one reaches a relayed
// address of another, and how a client's connection reaches the worker that it belongs to. A full
// mailbox refuses, and the sender counts a drop; nobody ever waits. Any worker may post to any
// other; each collects from its own alone.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "server/accounts/notice.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/relay/forwarder.hpp"
#include "server/worker/handed_association.hpp"
#include "server/worker/handed_connection.hpp"
#include "server/worker/mailbox.hpp"
#include "server/worker/order.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

// A payload that changes threads is copied. What media sends fits in place; larger ones are rare.
struct Mail {
    protocol::Endpoint source;
    protocol::Endpoint peer;
    boost::container::small_vector<std::byte, 1472> payload;
    std::uint8_t traffic_class = 0;
};

// What a client that moved sent, on its way from the worker that the kernel brought it to
// (visitors.hpp).
struct VisitorMail {
    protocol::FiveTuple five_tuple;
    WorkerIndex from = 0;
    std::uint64_t number = 0;
    boost::container::small_vector<std::byte, 1472> octets;
    std::uint8_t traffic_class = 0;
    // Comes along: the octets are a message of it, and the first that is the owner's.
    std::unique_ptr<HandedAssociation> association;
};
// ... and back: nothing is known of that client, as of this number.
struct Dismissal {
    protocol::FiveTuple five_tuple;
    std::uint64_t number = 0;
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
    // False where there is no room, as above. In order, by sender.
    [[nodiscard]] bool pass_on(WorkerIndex to, VisitorMail mail) const;
    [[nodiscard]] bool dismiss(WorkerIndex to, const Dismissal& dismissal) const;
    // After collect(): open(VisitorMail&&) and dismiss(const Dismissal&).
    template <typename Open, typename Dismiss>
    void collect_visitors(WorkerIndex own, Open&& open, Dismiss&& dismiss) const {
        boxes_[own]->visitors.drain(std::forward<Open>(open));
        boxes_[own]->dismissals.drain(std::forward<Dismiss>(dismiss));
    }
    // Of the accounts. Where there is no room the worker is told that anything may have changed.
    void tell(WorkerIndex to, accounts::Notice notice) const;
    void tell_all(const accounts::Notice& notice) const;
    // After collect(): hear(const accounts::Notice&).
    template <typename Hear>
    void collect_notices(WorkerIndex own, Hear&& hear) const {
        boxes_[own]->notices.drain(
            [&](const std::unique_ptr<accounts::Notice>& notice) { hear(*notice); });
        if (boxes_[own]->missed_notices.exchange(false)) hear(accounts::Changed{});
    }

    // Of the server. False where there is no room.
    [[nodiscard]] bool order(WorkerIndex to, Order order) const;
    // After collect(): carry_out(Order&&).
    template <typename CarryOut>
    void collect_orders(WorkerIndex own, CarryOut&& carry_out) const {
        boxes_[own]->orders.drain(std::forward<CarryOut>(carry_out));
    }

    // Readable while there is something to collect. A duplicate, for its worker to own.
    [[nodiscard]] net::FileDescriptor bell(WorkerIndex own) const;

    // What found its mailbox full, over all workers: datagrams, connections, visitors, dismissals,
    // notices. Any thread.
    [[nodiscard]] std::array<std::uint64_t, 5> dropped() const;

    // Messages for one worker. Datagrams do not crowd connections out.
    static constexpr std::size_t capacity = 512;
    static constexpr std::size_t connections_capacity = 256;
    static constexpr std::size_t notices_capacity = 8192;
    static constexpr std::size_t orders_capacity = 256;

private:
    struct Box {
        Box();
        void ring() const noexcept;

        net::FileDescriptor bell;
        Mailbox<Mail> mail;
        Mailbox<HandedConnection> connections;
        Mailbox<VisitorMail> visitors;
        Mailbox<Dismissal> dismissals;
        Mailbox<std::unique_ptr<accounts::Notice>> notices;
        Mailbox<Order> orders;
        std::atomic<bool> missed_notices{false};
    };
    void silence(WorkerIndex own) const noexcept;

    std::vector<std::unique_ptr<Box>> boxes_;
};

}  // namespace turnpike::worker
