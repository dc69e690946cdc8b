// SPDX-License-Identifier: BSD-3-Clause
//
// While it lives, this thread and the threads that it starts have a niceness of their own; those
// keep it. The kernel receives packets in a thread that is as nice as everybody: under a flood, who
// only shares the core with it spends half of it on packets that are then thrown away unread.
#pragma once

#include <system_error>

namespace turnpike::worker {

class Niceness {
public:
    explicit Niceness(int niceness) noexcept;
    ~Niceness();
    Niceness(const Niceness&) = delete;
    Niceness& operator=(const Niceness&) = delete;

    // Why it stays as it was; none: it does not.
    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }

private:
    int before_;
    std::error_code error_;
};

}  // namespace turnpike::worker
