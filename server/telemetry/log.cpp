// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace turnpike::telemetry {
namespace {

[[nodiscard]] bool is_writable(int descriptor, std::chrono::milliseconds patience) {
    pollfd entry{.fd = descriptor, .events = POLLOUT, .revents = 0};
    return ::poll(&entry, 1, static_cast<int>(patience.count())) > 0;
}

[[nodiscard]] constexpr std::size_t index_of(Area area) noexcept {
    return static_cast<std::size_t>(area);
}

}  // namespace

Log::Log(LogOptions options) : options_{options}, masks_{options.style.masks_addresses} {
    store(options.levels);
    if (options.tail_lines > 0) tap_.emplace(options.tail_lines);
    writer_ = std::thread{[this] { run(); }};
}

Log::~Log() {
    {
        const MutexLock lock{mutex_};
        closing_ = true;
    }
    changed_.notify_one();
    writer_.join();
}

void Log::store(const LogLevels& levels) noexcept {
    for (std::size_t index = 0; index < area_names.size(); ++index) {
        const Level level = levels.of(static_cast<Area>(index));
        const bool is_followed = options_.tail_lines > 0 && index == index_of(Area::session);
        written_[index].store(level, std::memory_order_relaxed);
        taken_[index].store(is_followed ? std::min(level, Level::info) : level,
                            std::memory_order_relaxed);
    }
}

LogLevels Log::levels() const noexcept {
    LogLevels levels;
    for (std::size_t index = 0; index < area_names.size(); ++index) {
        levels.set(static_cast<Area>(index), written_[index].load(std::memory_order_relaxed));
    }
    return levels;
}

void Log::set_levels(const LogLevels& levels) {
    const std::string changes = differences(this->levels(), levels);
    store(levels);
    if (!changes.empty()) info(Area::config, "log levels changed", {{"to", changes}});
}

std::vector<TapLine> Log::tail(std::uint64_t after, std::size_t max) const {
    return tap_ ? tap_->tail(after, max) : std::vector<TapLine>{};
}

std::uint64_t Log::newest() const {
    return tap_ ? tap_->newest() : 0;
}

void Log::on_line(std::function<void()> wake) {
    if (tap_) tap_->on_line(std::move(wake));
}

void Log::write(const RepeatFilter::Key& event, Fields fields) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<RepeatFilter::Repeated> repeated;
    bool is_admitted = false;
    bool is_waited_for = false;
    {
        const MutexLock lock{mutex_};
        const auto deadline = repeats_.next_deadline();
        repeated = repeats_.on_time(now);
        is_admitted = repeats_.admits(event, now);
        is_waited_for = repeats_.next_deadline() < deadline;
    }
    publish(repeated);
    if (is_admitted) publish(event, fields);
    if (is_waited_for) changed_.notify_one();
}

void Log::publish(const std::vector<RepeatFilter::Repeated>& repeated) {
    for (const auto& [event, count, length] : repeated) {
        publish(event, {{"repeated", count}, {"seconds", length}});
    }
}

LogStyle Log::style() const noexcept {
    LogStyle style = options_.style;
    style.masks_addresses = masks_.load(std::memory_order_relaxed);
    return style;
}

void Log::publish(const RepeatFilter::Key& event, Fields fields) {
    const auto now = std::chrono::system_clock::now();
    const LogLine line{now, event.level, event.area, event.event, fields};
    const Level written = written_[index_of(event.area)].load(std::memory_order_relaxed);
    if (event.level >= written) enqueue(render(line, style()), now);
    if (tap_) {
        std::string json =
            render(line, {.format = LogFormat::json, .masks_addresses = style().masks_addresses});
        json.pop_back();
        tap_->add(std::move(json));
    }
}

void Log::enqueue(const std::string& line, std::chrono::system_clock::time_point now) {
    {
        const MutexLock lock{mutex_};
        if (queue_.size() + line.size() > options_.queue_bytes_max) {
            ++lost_;
            return;
        }
        if (lost_ > 0) {
            queue_ += render(
                {now, Level::warning, Area::server, "log_lines_lost", {{"count", lost_}}}, style());
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

// Until there is something to write, or a count of repeats to tell, or the end.
void Log::wait_for_work() {
    while (queue_.empty() && !closing_) {
        const auto deadline = repeats_.next_deadline();
        if (deadline == RepeatFilter::TimePoint::max()) {
            changed_.wait(mutex_);
        } else if (changed_.wait_until(mutex_, deadline) == std::cv_status::timeout) {
            return;
        }
    }
}

void Log::run() {
    std::string lines;
    std::vector<RepeatFilter::Repeated> repeated;
    for (;;) {
        lines.clear();
        {
            const MutexLock lock{mutex_};
            wait_for_work();
            const auto now = std::chrono::steady_clock::now();
            repeated = closing_ ? repeats_.take_all(now) : repeats_.on_time(now);
            if (closing_ && queue_.empty() && repeated.empty()) return;
            lines.swap(queue_);
        }
        publish(repeated);
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
