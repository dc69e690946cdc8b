// SPDX-License-Identifier: BSD-3-Clause
//
// What became of one line of a coturn configuration. Says nothing that is secret: a value that may
// be one is hidden before it gets here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace turnpike::coturn {

enum class Outcome : std::uint8_t {
    maps,      // means here what it meant there
    changed,   // taken over, and means something else in part
    no_equal,  // nothing here does that; what to do instead is said
    unused,    // does nothing in coturn either
    unknown,   // no option of coturn
    wrong,     // a value that cannot be meant: nothing is written until it is right
};

struct Verdict {
    std::size_t line = 0;
    Outcome outcome{};
    std::string setting;  // as it stands in the file, secrets hidden
    std::string says;
};

[[nodiscard]] constexpr std::string_view to_string(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::maps:
            return "maps";
        case Outcome::changed:
            return "changed";
        case Outcome::no_equal:
            return "no equal";
        case Outcome::unused:
            return "unused";
        case Outcome::unknown:
            return "unknown";
        case Outcome::wrong:
            return "error";
    }
    return "";
}

}  // namespace turnpike::coturn
