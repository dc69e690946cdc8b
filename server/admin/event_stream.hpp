// SPDX-License-Identifier: BSD-3-Clause
//
// Events as a browser's EventSource reads them (HTML Standard, "Server-sent events"): the text of a
// stream. Pure but for what the source holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/admin/event_source.hpp"

namespace turnpike::admin {

inline constexpr std::size_t events_at_once = 100;
inline constexpr std::string_view event_heartbeat = ": still here\n\n";

struct EventText {
    std::string text;  // empty: there is none
    std::uint64_t last = 0;
};

// Those after this one, at most `events_at_once`. Where some are gone already, an event "gap" says
// so first.
[[nodiscard]] EventText events_after(EventSource& source, std::uint64_t after);

}  // namespace turnpike::admin
