// SPDX-License-Identifier: BSD-3-Clause
//
// Lets the kernel relay what it can of this worker's allocations: the channels of clients that
// speak UDP in the clear. It is told whenever one of them may have changed, compares what the
// kernel has with what it should have, and changes the difference. What the kernel does not have,
// or passes up, user space relays; either way it is one session with one account. Owned by one
// worker.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "protocol/time.hpp"
#include "server/worker/context.hpp"
#include "server/worker/holdings.hpp"
#include "server/worker/kernel_share.hpp"
#include "server/xdp/lookup.hpp"
#include "server/xdp/pool_store.hpp"
#include "server/xdp/route_map.hpp"
#include "server/xdp/session_slots.hpp"

namespace turnpike::worker {

// How packets get to an address without the kernel's routing. For any worker.
class Ways {
public:
    virtual ~Ways() = default;
    // To be given back. None: only by user space.
    [[nodiscard]] virtual std::optional<xdp::Passage> take(const xdp::Way& way) = 0;
    virtual void give_back(const xdp::Passage& passage) noexcept = 0;
};

class KernelRelay {
public:
    struct Parts {
        xdp::RouteMap routes;
        std::span<xdp::SessionSlot> slots;  // of all workers
        xdp::SessionSlots own;
        const xdp::PoolStore& pools;
        Ways& ways;
        // What became of packets, of all CPUs; none: another worker counts that.
        std::function<xdp::Counters()> verdicts{};
    };
    KernelRelay(Context& context, Parts parts) : context_{context}, parts_{std::move(parts)} {
        // Packets of the process before are no packets of this one.
        if (parts_.verdicts) counted_ = parts_.verdicts();
    }

    // What the kernel had of it in the process before goes on with that slot; what this process
    // counted of it is `own`. Before follow(). False: the kernel has nothing of it.
    [[nodiscard]] bool adopt(Holding& holding, std::uint32_t slot,
                             const relay::Account::Numbers& own);
    // Nobody will end it at its lifetime's end: the kernel shall.
    void leave(const Holding& holding, protocol::TimePoint expires) noexcept;
    // Of slots that waited to be adopted.
    void release_unclaimed();

    // Its channels, permissions, client or relayed addresses may have changed.
    void follow(Holding& holding);
    // Its grant has.
    void amend(const Holding& holding) noexcept;
    // It is over: its account is complete, and the kernel has nothing of it.
    void end(Holding& holding);
    // Once a second: counters, and when clients were heard.
    void look();
    // The way to anybody may be another one now.
    void look_for_ways();

private:
    // So many channels of an allocation; the rest is user space's.
    static constexpr std::size_t channels_max = 64;
    // What the kernel could not have is tried again when it is refreshed, not more often than this.
    static constexpr std::chrono::seconds retry_interval{60};

    [[nodiscard]] std::vector<xdp::BoundChannel> wanted_of(const Holding& holding) const;
    [[nodiscard]] std::optional<xdp::BoundChannel> bound(const Holding& holding,
                                                         const protocol::Endpoint& peer) const;
    [[nodiscard]] std::optional<xdp::SlotSeed> seed_of(const Holding& holding) const;
    [[nodiscard]] bool open(Holding& holding);
    void close(Holding& holding);
    void drop_others(KernelShare& share, std::span<const xdp::BoundChannel> wanted);
    void bring_in(KernelShare& share, const xdp::BoundChannel& wanted);
    void extend(KernelShare::Channel& channel, protocol::TimePoint expires);
    void install(KernelShare::Channel& channel);
    void drop(KernelShare::Channel& channel);
    [[nodiscard]] std::optional<KernelShare::Passages> take(const xdp::BoundChannel& bound);
    void give_back(const KernelShare::Passages& passages) noexcept;
    void count(const Holding& holding) noexcept;
    void count_verdicts();

    Context& context_;
    Parts parts_;
    xdp::Counters counted_{};  // of verdicts
};

}  // namespace turnpike::worker
