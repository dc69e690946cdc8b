// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/event_stream.hpp"

#include <fmt/format.h>

#include <iterator>
#include <vector>

namespace turnpike::admin {

EventText events_after(EventSource& source, std::uint64_t after) {
    // Of a process that was there before this one: its numbers say nothing here.
    const bool is_foreign = after > source.newest();
    const std::vector<Event> events = source.tail(is_foreign ? 0 : after, events_at_once);
    EventText result{.text = {}, .last = is_foreign ? 0 : after};
    if (events.empty()) return result;
    if (is_foreign || events.front().number > after + 1) {
        result.text = "event: gap\ndata: {\"what\":\"events before this one are gone\"}\n\n";
    }
    for (const Event& each : events) {
        fmt::format_to(std::back_inserter(result.text), "id: {}\ndata: {}\n\n", each.number,
                       each.json);
        result.last = each.number;
    }
    return result;
}

}  // namespace turnpike::admin
