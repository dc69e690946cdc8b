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
#include "server/net/poller.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/allocation_owner.hpp"
#include "server/worker/context.hpp"
#include "server/worker/handover.hpp"

namespace turnpike::worker {

class RelayOpener {
public:
    struct Events {
        // A peer connects to a TCP allocation.
        std::function<void(Holding&, protocol::Family)> acceptable;
        // This allocation gives way to another one of its user.
        std::function<void(protocol::AllocationId)> ousted;
    };

    // The poller reports relay sockets of UDP by their RelayName.
    RelayOpener(Context& context, net::Poller& poller, Events events);

    // What the new allocation belongs to.
    struct Client {
        const protocol::FiveTuple& five_tuple;
        const ClientLink& link;
        protocol::Moment now;
    };
    // On success the holding and the session exist and the addresses are live.
    [[nodiscard]] turn::OpenedRelay open(const turn::OpenRelay& wish, const Client& client);

    // What another process handed over is live again; its ports are held for it. False where
    // something of it is not to be had any more: then the holding and the session exist all the
    // same, to be ended.
    [[nodiscard]] bool reopen(const HandedAllocation& handed, const ClientLink& link,
                              protocol::Moment now);
    // So many were opened before this worker began; the next one gets another name.
    void count_from(std::uint64_t opened) noexcept { opened_ = opened; }
    [[nodiscard]] std::uint64_t opened() const noexcept { return opened_; }

private:
    using Halves = std::array<std::optional<RelayEnd>, 2>;

    [[nodiscard]] std::optional<RelayEnd> bind_any(const RelayName& name,
                                                   const turn::OpenRelay& wish);
    [[nodiscard]] std::optional<RelayEnd> bind_reserved(protocol::AllocationId id,
                                                        const RelayDirectory::Claim& claim,
                                                        protocol::TimePoint now);
    [[nodiscard]] protocol::Result<RelayEnd> bind_udp(const RelayPort& port, const RelayName& name);
    [[nodiscard]] protocol::Result<RelayEnd> bind_tcp(const RelayPort& port);
    void watch(Holding& holding, protocol::Family family);
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
    [[nodiscard]] std::optional<RelayEnd> bind_again(const protocol::Endpoint& local,
                                                     const RelayName& name);
    [[nodiscard]] std::unique_ptr<accounts::Attendance::Seat> admit_again(const auth::Grant& grant,
                                                                          protocol::AllocationId id,
                                                                          protocol::TimePoint now);
    [[nodiscard]] std::uint64_t reserve_after(const RelayPort& port, std::string_view username,
                                              protocol::TimePoint now);
    [[nodiscard]] protocol::AllocationId next_id() noexcept;

    Context& context_;
    net::Poller& poller_;
    Events events_;
    std::uint64_t opened_ = 0;
};

}  // namespace turnpike::worker
