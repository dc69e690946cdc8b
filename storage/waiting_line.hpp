// SPDX-License-Identifier: BSD-3-Clause
//
// Who waits for an answer: answered in the order of asking, and told when it takes too long. Then
// the place in the line stays, for the answer that comes after all. Calls nobody by itself, so that
// its owner may be gone after any call.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>
#include <vector>

#include "storage/database.hpp"

namespace turnpike::storage {

class WaitingLine {
public:
    using Clock = std::chrono::steady_clock;
    using Handler = Database::Handler;

    // `until` never goes back from one to the next.
    void push(Handler handler, Clock::time_point until) {
        line_.push_back({std::move(handler), until});
    }

    // Whose answer is here; empty where that has been told already.
    [[nodiscard]] Handler pop() {
        Handler handler = std::move(line_.front().handler);
        line_.pop_front();
        return handler;
    }

    // Who is to be told at `now` that it takes too long.
    [[nodiscard]] std::vector<Handler> overdue(Clock::time_point now) {
        std::vector<Handler> handlers;
        for (Place& place : line_) {
            if (place.until > now) break;
            if (place.handler) handlers.push_back(std::exchange(place.handler, nullptr));
        }
        return handlers;
    }

    // When somebody is next to be told; max() for nobody.
    [[nodiscard]] Clock::time_point next_deadline() const {
        const auto untold =
            std::ranges::find_if(line_, [](const Place& place) { return bool{place.handler}; });
        return untold == line_.end() ? Clock::time_point::max() : untold->until;
    }

    // Until when the first in the line was to be answered; max() where there is none.
    [[nodiscard]] Clock::time_point first_deadline() const {
        return line_.empty() ? Clock::time_point::max() : line_.front().until;
    }

    [[nodiscard]] bool empty() const noexcept { return line_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return line_.size(); }

    // Everybody leaves.
    [[nodiscard]] std::vector<Handler> take_all() {
        std::vector<Handler> handlers;
        for (Place& place : std::exchange(line_, {})) {
            if (place.handler) handlers.push_back(std::move(place.handler));
        }
        return handlers;
    }

private:
    struct Place {
        Handler handler;
        Clock::time_point until;
    };
    std::deque<Place> line_;
};

}  // namespace turnpike::storage
