// SPDX-License-Identifier: BSD-3-Clause
//
// What became of one attempt to move octets on, one way.
#pragma once

#include <cstddef>
#include <cstdint>

namespace turnpike::net {

enum class Flow : std::uint8_t {
    moving,   // as much as was allowed went through; there may be more
    idle,     // the source has nothing now
    blocked,  // the sink takes nothing now, and something waits for it
    ended,    // the source sends no more, and all of it was taken
    gone,     // the source has failed, and will take nothing either; all before it was taken
    broken,   // the sink takes nothing any more
};

struct Moved {
    Flow flow = Flow::idle;
    std::size_t read = 0;   // from the source, and to be paid for
    std::size_t taken = 0;  // by the sink
};

}  // namespace turnpike::net
