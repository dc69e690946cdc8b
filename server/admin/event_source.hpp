// SPDX-License-Identifier: BSD-3-Clause
//
// Where the events of the stream come from: a bounded ring of JSON objects with rising numbers,
// the oldest of which go when it is full. Any thread may call it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace turnpike::admin {

struct Event {
    std::uint64_t number = 0;
    std::string json;  // of one line
};

class EventSource {
public:
    virtual ~EventSource() = default;

    // The oldest ones whose number is above `after`, at most `max` of them.
    [[nodiscard]] virtual std::vector<Event> tail(std::uint64_t after, std::size_t max) = 0;
    // 0: there was none yet.
    [[nodiscard]] virtual std::uint64_t newest() = 0;
    // From now on called after each event, by whatever thread made it; it returns at once. An empty
    // one: nobody is called any more, and nobody is being called.
    virtual void on_event(std::function<void()> wake) = 0;
};

}  // namespace turnpike::admin
