// SPDX-License-Identifier: BSD-3-Clause
//
// One line on a terminal that says how far a measurement is; nothing where standard error is none.
#pragma once

#include <string>

namespace turnpike::bench {

class Progress {
public:
    Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    // Leaves the line empty.
    ~Progress() { say({}); }

    // In place of what was said before.
    void say(const std::string& text);

private:
    bool is_shown_;
    bool has_text_ = false;
};

}  // namespace turnpike::bench
