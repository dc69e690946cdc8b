// SPDX-License-Identifier: BSD-3-Clause
//
// The lines of a coturn configuration as turnserver reads them: `name=value`, `name value` or a
// bare `name`, a value in double quotes or not, `#` only at the start of a line. What turnserver
// takes on its command line, `--name=value` and `-L value`, is read too. Everything views the text
// that was read.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace turnpike::coturn {

struct Setting {
    std::size_t line = 0;     // from 1
    std::string_view name;    // without dashes
    std::string_view value;   // without quotes and blanks around it; empty where there is none
    std::size_t dashes = 0;   // in front of the name: none in a file that turnserver can read
    bool is_readable = true;  // false: not UTF-8, or with a NUL inside
};

struct Lines {
    std::vector<Setting> settings;
    std::size_t others = 0;  // comments and empty lines
};

[[nodiscard]] Lines read_lines(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace turnpike::coturn
