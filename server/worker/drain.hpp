// SPDX-License-Identifier: BSD-3-Clause
//
// How a server comes to its end: at work, then without new allocations until the last has gone or
// time is up, then over. Pure: the time and what is left come in as values. Used by one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "protocol/time.hpp"

namespace turnpike::worker {

class Drain {
public:
    enum class State : std::uint8_t {
        serving,
        draining,  // what runs goes on, and nothing begins
        over,
    };

    // Until `deadline`, or another one than before. Whoever asks shall hear the answer, so it is
    // not over before `answered`; once there is nothing left to wait for, nobody puts that off.
    void begin(protocol::TimePoint deadline, protocol::TimePoint answered = {}) noexcept {
        if (state_ == State::over) return;
        if (!is_done_) answered_ = answered;
        state_ = State::draining;
        deadline_ = deadline;
    }
    // To be called now and then with the number of allocations. True where it is over by now.
    bool on_time(protocol::TimePoint now, std::size_t allocations) noexcept {
        if (state_ == State::draining) {
            is_done_ = allocations == 0 || now >= deadline_;
            if (is_done_ && now >= answered_) state_ = State::over;
        }
        return state_ == State::over;
    }

    [[nodiscard]] State state() const noexcept { return state_; }
    // Until the deadline.
    [[nodiscard]] std::chrono::seconds left(protocol::TimePoint now) const noexcept {
        if (state_ != State::draining) return std::chrono::seconds{0};
        return std::chrono::ceil<std::chrono::seconds>(
            std::max(deadline_ - now, protocol::TimePoint::duration{0}));
    }

private:
    State state_ = State::serving;
    protocol::TimePoint deadline_{};
    protocol::TimePoint answered_{};
    bool is_done_ = false;  // as of on_time()
};

}  // namespace turnpike::worker
