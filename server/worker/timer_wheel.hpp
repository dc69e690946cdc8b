// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's deadlines: a hashed wheel. Setting, moving and cancelling take constant time.
// Nothing is due early, and nothing more than one tick after its time where the worker wakes at
// next().
//
// A slot holds every deadline whose tick has its number modulo the slots; those of a later turn of
// the wheel stay when their slot comes by, once in a turn. Owned by one worker.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"

namespace turnpike::worker {

enum class TimerKind : std::uint8_t { allocation, association, peer_connection, usage };

// What a deadline belongs to; one deadline each.
struct TimerKey {
    TimerKind kind = TimerKind::allocation;
    std::uint64_t number = 0;

    constexpr TimerKey() noexcept = default;
    constexpr TimerKey(TimerKind of_kind, std::uint64_t of_number) noexcept
        : kind{of_kind}, number{of_number} {}
    // An allocation's id is its key, hence NOLINTNEXTLINE(google-explicit-constructor)
    constexpr TimerKey(protocol::AllocationId id) noexcept
        : number{static_cast<std::uint64_t>(id)} {}

    [[nodiscard]] constexpr protocol::AllocationId allocation() const noexcept {
        return static_cast<protocol::AllocationId>(number);
    }
    constexpr auto operator<=>(const TimerKey&) const noexcept = default;
    friend std::size_t hash_value(const TimerKey& key) noexcept {
        std::size_t seed = boost::hash_value(key.number);
        boost::hash_combine(seed, static_cast<unsigned>(key.kind));
        return seed;
    }
};

class TimerWheel {
public:
    static constexpr std::chrono::milliseconds tick{50};

    explicit TimerWheel(protocol::TimePoint now);

    // `key` is due at `when`; replaces what was set before.
    void set(TimerKey key, protocol::TimePoint when);
    void cancel(TimerKey key);

    // Takes out what is due at `now`. The keys live until the next advance(). Handling one may set
    // and cancel any: a key that is in the view already stays in it.
    [[nodiscard]] std::span<const TimerKey> advance(protocol::TimePoint now);

    // No deadline is due before; none where there is no deadline. The worker sleeps until then.
    [[nodiscard]] std::optional<protocol::TimePoint> next() const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

private:
    static constexpr std::size_t slots = 4096;  // a turn takes 204.8 s
    static constexpr std::size_t word_bits = 64;
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    // A link of its slot's list, or of the list of free entries.
    struct Entry {
        TimerKey key;
        std::uint64_t due = 0;  // the tick
        std::uint32_t previous = none;
        std::uint32_t next = none;
    };

    [[nodiscard]] std::uint64_t tick_at(protocol::TimePoint now) const noexcept;
    [[nodiscard]] std::uint64_t tick_after(protocol::TimePoint when) const noexcept;
    [[nodiscard]] std::uint32_t new_entry();
    void link(std::uint32_t place) noexcept;
    void unlink(std::uint32_t place) noexcept;
    void take_due(std::size_t slot, std::uint64_t now);

    protocol::TimePoint origin_;  // when tick 0 was; constant
    std::uint64_t current_ = 0;   // the last tick that was advanced to; every entry is due later
    std::vector<Entry> entries_;
    std::uint32_t free_ = none;
    std::array<std::uint32_t, slots> heads_{};
    std::array<std::uint64_t, slots / word_bits> occupied_{};  // a set bit: the slot has entries
    boost::unordered_flat_map<TimerKey, std::uint32_t> places_;
    std::vector<TimerKey> due_;
};

}  // namespace turnpike::worker
