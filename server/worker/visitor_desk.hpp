// SPDX-License-Identifier: BSD-3-Clause
//
// Passes on what clients send that moved here from another worker (RFC 8016). Whose they are is
// known from the ticket that they show, and from then on by their five-tuple. Answers and data
// leave through the owner's own socket on the same endpoint, so only this direction takes the
// detour. A connection cannot be passed on by messages: it goes to its owner whole. A DTLS
// association does both: it goes to its owner, and its datagrams after it.
//
// And the other side of it: the owner remembers whom it serves by a detour, and says so where there
// is nothing left to be served, so that no worker keeps what nobody needs. Owned by one worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/message.hpp"
#include "protocol/time.hpp"
#include "server/worker/client_message.hpp"
#include "server/worker/context.hpp"
#include "server/worker/handed_association.hpp"
#include "server/worker/post_office.hpp"
#include "server/worker/visitors.hpp"

namespace turnpike::worker {

class VisitorDesk {
public:
    // Whether there is a DTLS association on this five-tuple.
    using Associated = std::function<bool(const protocol::FiveTuple&)>;

    VisitorDesk(Context& context, const PostOffice& post_office, Associated associated);

    // Of a datagram: true where it is another worker's and has gone there, or been dropped and
    // counted. `decoded` where it is STUN.
    [[nodiscard]] bool pass_on(const ClientMessage& message,
                               const protocol::Message* decoded = nullptr);
    // An association with the message that it goes for. False where there is no room: it is gone.
    [[nodiscard]] bool hand_over(WorkerIndex owner, const ClientMessage& first,
                                 HandedAssociation association);
    void dismiss(const Dismissal& dismissal) noexcept {
        visitors_.dismiss(dismissal.five_tuple, dismissal.number);
    }

    // What was passed on to here has been served.
    void served(const VisitorMail& mail);

    // Forgets whom nobody knows any more, on both sides.
    void sweep(protocol::TimePoint now);

    // Whether what comes on this five-tuple is passed on.
    [[nodiscard]] bool knows(const protocol::FiveTuple& five_tuple) noexcept {
        return visitors_.find(five_tuple) != nullptr;
    }
    [[nodiscard]] std::size_t visitors() const noexcept { return visitors_.size(); }
    [[nodiscard]] std::size_t guests() const noexcept { return guests_.size(); }

    // What a worker remembers at most on each side; a little more than relay ports on one address.
    static constexpr std::size_t visitors_max = 65536;

private:
    // Somebody who comes here by another worker.
    struct Guest {
        WorkerIndex from = 0;
        std::uint64_t number = 0;  // of the last message from there
    };

    [[nodiscard]] std::optional<WorkerIndex> elsewhere(const protocol::Message* decoded) const;
    [[nodiscard]] bool send(Visitors::Passage* passage, const ClientMessage& message,
                            std::unique_ptr<HandedAssociation> association);
    // False where the other worker could not be told.
    [[nodiscard]] bool is_told(const protocol::FiveTuple& five_tuple, const Guest& guest) const;
    [[nodiscard]] bool is_known(const protocol::FiveTuple& five_tuple) const;

    // Constant after construction.
    Context& context_;
    const PostOffice& post_office_;
    Associated associated_;
    // Owned by the worker.
    Visitors visitors_;
    boost::unordered_flat_map<protocol::FiveTuple, Guest> guests_;
    std::uint64_t sent_ = 0;
};

}  // namespace turnpike::worker
