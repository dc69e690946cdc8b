// SPDX-License-Identifier: BSD-3-Clause
//
// One line on a terminal that says how far a measurement is; nothing where standard error is none.
#pragma once

#include <chrono>
#include <string>

namespace turnpike::bench {

class Progress {
public:
    Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // Leaves the line empty.
    ~Progress() { say({}); }

    // True once a second, for who has something to say all the time.
    [[nodiscard]] bool is_due(std::chrono::nanoseconds now) noexcept;
    // In place of what was said before.
    void say(const std::string& text);

private:
    bool is_shown_;
    bool has_text_ = false;
    std::chrono::nanoseconds next_{};
};

}  // namespace turnpike::bench
