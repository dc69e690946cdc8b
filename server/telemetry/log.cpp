// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace turnpike::telemetry {
namespace {

[[nodiscard]] bool is_writable(int descriptor, std::chrono::milliseconds patience) {
    pollfd entry{.fd = descriptor, .events = POLLOUT, .revents = 0};
    return ::poll(&entry, 1, static_cast<int>(patience.count())) > 0;
}

}  // namespace

Log::Log(LogOptions options) : options_{options}, writer_{[this] { run(); }} {}

Log::~Log() {
    {
        const MutexLock lock{mutex_};
        closing_ = true;
    }
    changed_.notify_one();
    writer_.join();
}

void Log::write(Level level, std::string_view event, Fields fields) {
    if (!writes(level)) return;
    const auto now = std::chrono::system_clock::now();
    const std::string line = render({now, level, event, fields}, options_.format);
    {
        const MutexLock lock{mutex_};
        if (queue_.size() + line.size() > options_.queue_bytes_max) {
            ++lost_;
            return;
        }
        if (lost_ > 0) {
            queue_ += render({now, Level::warning, "log_lines_lost", {{"count", lost_}}},
                             options_.format);
            lost_ = 0;
        }
        queue_ += line;
    }
    changed_.notify_one();
}

bool Log::closing() {
    const MutexLock lock{mutex_};
    return closing_;
}

void Log::run() {
    std::string lines;
    for (;;) {
        lines.clear();
        {
            const MutexLock lock{mutex_};
            while (queue_.empty() && !closing_) changed_.wait(mutex_);
            if (queue_.empty()) return;
            lines.swap(queue_);
        }
        write_out(lines);
    }
}

// Writes no more at once than a pipe that polls writable takes without blocking (POSIX: PIPE_BUF),
// so that the end of the program is never held up for longer than its patience.
void Log::write_out(std::string_view lines) {
    while (!lines.empty()) {
        if (!is_writable(options_.descriptor, options_.patience)) {
            if (closing()) return;
            continue;
        }
        const auto written = ::write(options_.descriptor, lines.data(),
                                     std::min<std::size_t>(lines.size(), PIPE_BUF));
        if (written > 0) {
            lines.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR && errno != EAGAIN) {
            return;  // nobody is left to tell
        }
    }
}

}  // namespace turnpike::telemetry
