// SPDX-License-Identifier: BSD-3-Clause
//
// Opens the relayed transport addresses of a new allocation: quota, ports, sockets (RFC 8656
// section 7.2). What was taken for an attempt that fails is given back before it returns. Owned by
// one worker.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "protocol/time.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/context.hpp"

namespace turnpike::worker {

class RelayOpener {
public:
    using Event = std::function<void(Holding&, protocol::Family)>;
    // What happens at a relay socket.
    struct Events {
        Event readable;
        Event failing;     // an ICMP error waits in it
        Event acceptable;  // a peer connects, to a TCP allocation
        // This allocation gives way to another one of its user.
        std::function<void(protocol::AllocationId)> ousted;
    };

    RelayOpener(Context& context, Events events);

    // What the new allocation belongs to.
    struct Client {
        const protocol::FiveTuple& five_tuple;
        const ClientLink& link;
        protocol::Moment now;
    };
    // On success the holding and the session exist and the addresses are live.
    [[nodiscard]] turn::OpenedRelay open(const turn::OpenRelay& wish, const Client& client);

private:
    using Halves = std::array<std::optional<RelayEnd>, 2>;

    [[nodiscard]] std::optional<RelayEnd> bind_any(protocol::Family family,
                                                   const turn::OpenRelay& wish);
    [[nodiscard]] std::optional<RelayEnd> bind_reserved(const RelayDirectory::Claim& claim,
                                                        protocol::TimePoint now);
    [[nodiscard]] protocol::Result<std::unique_ptr<net::Watch>> bind(
        const protocol::Endpoint& local, protocol::Transport transport);
    void watch(Holding& holding, protocol::Family family, protocol::Transport transport);
    void give_back(const RelayPort& port, relay::PortWish wish);
    [[nodiscard]] std::unique_ptr<accounts::Attendance::Seat> admit(const auth::Grant& grant,
                                                                    protocol::TimePoint now,
                                                                    turn::OpenedRelay& opened);
    [[nodiscard]] Halves bind(const turn::OpenRelay& wish, protocol::TimePoint now,
                              turn::OpenedRelay& opened);
    // What a new allocation takes.
    struct Taken {
        Halves halves;
        std::unique_ptr<accounts::Attendance::Seat> seat;
    };
    void hold(const turn::OpenRelay& wish, const Client& client, Taken taken,
              turn::OpenedRelay& opened);
    [[nodiscard]] std::uint64_t reserve_after(const RelayPort& port, std::string_view username,
                                              protocol::TimePoint now);
    [[nodiscard]] protocol::AllocationId next_id() noexcept;

    Context& context_;
    Events events_;
    std::uint64_t opened_ = 0;
};

}  // namespace turnpike::worker
