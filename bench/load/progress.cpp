// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/progress.hpp"

#include <unistd.h>

#include <iostream>

namespace turnpike::bench {
namespace {

constexpr const char* erase_line = "\r\033[K";  // ECMA-48, EL

}  // namespace

Progress::Progress() : is_shown_{isatty(STDERR_FILENO) == 1} {}

bool Progress::is_due(std::chrono::nanoseconds now) noexcept {
    if (!is_shown_ || now < next_) return false;
    next_ = now + std::chrono::seconds{1};
    return true;
}

void Progress::say(const std::string& text) {
    if (!is_shown_ || (text.empty() && !has_text_)) return;
    std::cerr << erase_line << text << std::flush;
    has_text_ = !text.empty();
}

}  // namespace turnpike::bench
