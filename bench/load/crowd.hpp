// SPDX-License-Identifier: BSD-3-Clause
//
// Many clients over UDP at once, each on a socket of its own, each in the middle of something: it
// allocates, binds a channel where it is to stay, or gives its allocation back. Requests are sent
// again as RFC 8489 section 6.2.1 wants it. Belongs to one thread, which has entered the clients'
// network namespace.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/dialogue.hpp"
#include "bench/load/histogram.hpp"
#include "bench/load/settings.hpp"

namespace turnpike::bench {

class Crowd {
public:
    // Where a peer is given, clients bind a channel to it and stay; else they leave at once. The
    // settings outlive it.
    Crowd(const Settings& settings, const protocol::Endpoint& server,
          std::optional<protocol::Endpoint> peer);
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd();

    // A new client begins to allocate.
    void start_one();
    // One that stays begins to leave; false: there is none.
    bool release_one();
    // Refreshes what would run out soon.
    void keep_alive();
    // Takes answers and sends what follows from them, after waiting for them this long at most.
    void turn(std::chrono::nanoseconds patience);

    // Those that wait for an answer.
    [[nodiscard]] std::size_t active() const noexcept { return active_; }
    [[nodiscard]] std::size_t kept() const noexcept { return kept_.size(); }
    // Allocations that were made, and clients that got none or lost it.
    [[nodiscard]] std::uint64_t allocated() const noexcept { return allocated_; }
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }
    // Of the first that failed: "Allocate: 486 Allocation Quota Reached".
    [[nodiscard]] const std::string& first_failure() const noexcept { return first_failure_; }
    // From a client's first Allocate request to the success, challenge and all.
    [[nodiscard]] const Histogram& latency() const noexcept { return latency_; }

private:
    enum class State : std::uint8_t {
        gone,        // the slot is free
        allocating,  // Allocate is on its way
        binding,     // ChannelBind is
        staying,     // nothing is
        refreshing,  // Refresh is, of one that stays
        rebinding,   // ChannelBind is, of one that stays
        leaving,     // Refresh with a lifetime of zero is
    };
    struct Member {
        explicit Member(Identity& identity) : dialogue{identity} {}
        int descriptor = -1;
        State state = State::gone;
        Dialogue dialogue;
        std::uint8_t attempts = 0;
        std::chrono::nanoseconds began{};
        std::chrono::nanoseconds sent{};
        std::chrono::nanoseconds refreshed{};
    };

    [[nodiscard]] std::size_t free_slot();
    [[nodiscard]] int open_socket();
    void ask(std::size_t slot, State state);
    void send_request(std::size_t slot);
    void take_answer(std::size_t slot);
    void succeed(std::size_t slot);
    void fail(std::size_t slot, const std::string& why);
    void rest(std::size_t slot);
    void leave(std::size_t slot);
    void resend_late();
    [[nodiscard]] static std::string_view name_of(State state) noexcept;
    [[nodiscard]] protocol::TransactionId fresh_id() noexcept;

    const Settings& settings_;
    protocol::Endpoint server_;
    std::optional<protocol::Endpoint> peer_;
    Identity identity_;
    int queue_ = -1;
    std::uint64_t requests_ = 0;
    std::uint32_t run_ = 0;
    std::size_t started_ = 0;
    std::size_t active_ = 0;
    std::uint64_t allocated_ = 0;
    std::uint64_t failed_ = 0;
    std::string first_failure_;
    Histogram latency_;
    std::chrono::nanoseconds now_{};
    std::chrono::nanoseconds next_look_{};
    std::vector<Member> members_;
    std::vector<std::size_t> free_;
    std::vector<std::size_t> kept_;
};

}  // namespace turnpike::bench
