// SPDX-License-Identifier: BSD-3-Clause
//
// The part of the kernel's session slots that one worker hands out to its allocations. What it
// writes and reads is memory that the kernel's half uses too, number by number: no system call.
// Owned by one worker; the memory belongs to a Program, which outlives it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/relay/session.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

struct SlotSeed {
    protocol::AllocationId allocation{};
    relay::SessionLimits limits{};
    protocol::TimePoint expires{};  // of the allocation's lifetime
    std::uint32_t user_pool = 0;    // 0: none
    std::uint32_t call_pool = 0;
};

// What was relayed on the numbers of a slot.
struct Usage {
    relay::Traffic to_peer;
    relay::Traffic from_peer;
    std::optional<protocol::TimePoint> first_media;
    std::optional<protocol::TimePoint> last_media;
    std::optional<protocol::TimePoint> heard;  // when the client sent something last
    std::uint64_t media_seconds = 0;
};

class SessionSlots {
public:
    // Of all slots those from `first` on, as many as there are in `own`. Those that hold an
    // allocation, which a process before this one gave them, are not handed out: they wait for
    // adopt() or release_unclaimed().
    SessionSlots(std::span<SessionSlot> own, std::uint32_t first);

    // None: all are taken, and user space relays for this one.
    [[nodiscard]] std::optional<std::uint32_t> open(const SlotSeed& seed) noexcept;
    // A slot that waits goes on for the allocation that it holds: what it has counted stays, its
    // limits are those of the seed. False, and nothing has changed: it is not ours, waits no more,
    // or holds another allocation.
    [[nodiscard]] bool adopt(std::uint32_t slot, const SlotSeed& seed) noexcept;
    struct Unclaimed {
        protocol::AllocationId allocation{};
        Usage usage;  // final
    };
    // Slots that nobody adopted are closed and free. To be called after adopting, and after their
    // routes have been removed. What an allocation used is told once; of a slot that had been
    // closed before, whoever did that has told it.
    std::vector<Unclaimed> release_unclaimed();

    // The grant has changed; what was used stays used. It holds for the next packet.
    void amend(std::uint32_t slot, const relay::SessionLimits& limits) noexcept;
    // The allocation was refreshed.
    void extend(std::uint32_t slot, protocol::TimePoint expires) noexcept;
    // Of the budget, what was used by packets that are not counted in the slot.
    void set_used_elsewhere(std::uint32_t slot, std::uint64_t octets) noexcept;

    [[nodiscard]] Usage usage(std::uint32_t slot) const noexcept;
    // Nothing is relayed any more on this slot, not even by a packet that found its route before.
    // The octets are final; a packet that was charged just now may still be missing among the
    // packets, which usage() has soon after.
    Usage close(std::uint32_t slot) noexcept;
    // After its routes have been removed. The slot is handed out again after all others.
    void release(std::uint32_t slot) noexcept;

    [[nodiscard]] std::size_t free() const noexcept { return free_.size(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_count_; }

private:
    void write(SessionSlot& slot, const SlotSeed& seed) const noexcept;
    [[nodiscard]] SessionSlot& at(std::uint32_t slot) const noexcept;

    std::span<SessionSlot> own_;
    std::uint32_t first_;
    std::deque<std::uint32_t> free_;
    std::vector<bool> waiting_;  // by index in `own`
    std::size_t waiting_count_ = 0;
};

}  // namespace turnpike::xdp
