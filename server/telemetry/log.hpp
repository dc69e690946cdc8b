// SPDX-License-Identifier: BSD-3-Clause
//
// The log: one line per event, decisions and state changes only; never packets, never secrets.
//
// Any thread may call it. What its area's level leaves out costs one relaxed load. A call renders
// the line and puts it in a bounded queue; a thread of the log's own writes it out, so a stuck pipe
// or a slow disk never holds a worker up. When the queue is full the line is dropped and counted,
// and the next line that fits is preceded by the count. An event that comes too often is counted
// (RepeatFilter). Everything queued is written before the destructor returns, unless the descriptor
// stays blocked.
//
// Where there is a tap, what is logged goes there too, and beside it what an operator follows
// whatever the levels are: session events from info on.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/telemetry/log_line.hpp"
#include "server/telemetry/log_tap.hpp"
#include "server/telemetry/repeat_filter.hpp"
#include "server/telemetry/thread_safety.hpp"

namespace turnpike::telemetry {

struct LogOptions {
    int descriptor = 2;  // standard error; the log does not own it
    LogLevels levels{};
    LogStyle style{};
    std::size_t tail_lines = 0;  // of the tap; 0: there is none
    std::size_t queue_bytes_max = 1U << 20U;
    std::chrono::milliseconds patience{1000};  // how long the end waits for a blocked descriptor
};

class Log {
public:
    explicit Log(LogOptions options);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    // Whether anything comes of such an event; ask before fields that are dear to make.
    [[nodiscard]] bool writes(Area area, Level level) const noexcept {
        return level >= taken_[static_cast<std::size_t>(area)].load(std::memory_order_relaxed);
    }

    void debug(Area area, Event event, Fields fields = {}) {
        if (writes(area, Level::debug)) write({area, Level::debug, event.text}, fields);
    }
    void info(Area area, Event event, Fields fields = {}) {
        if (writes(area, Level::info)) write({area, Level::info, event.text}, fields);
    }
    void warning(Area area, Event event, Fields fields = {}) {
        if (writes(area, Level::warning)) write({area, Level::warning, event.text}, fields);
    }
    void error(Area area, Event event, Fields fields = {}) {
        if (writes(area, Level::error)) write({area, Level::error, event.text}, fields);
    }

    // From now on, for all threads; says what has changed.
    void set_levels(const LogLevels& levels);
    [[nodiscard]] LogLevels levels() const noexcept;
    void mask_addresses(bool masks) noexcept { masks_.store(masks, std::memory_order_relaxed); }

    // As LogTap says; without a tap there are no lines, and nobody is called.
    [[nodiscard]] std::vector<TapLine> tail(std::uint64_t after, std::size_t max) const;
    [[nodiscard]] std::uint64_t newest() const;
    void on_line(std::function<void()> wake);

private:
    void store(const LogLevels& levels) noexcept;
    void write(const RepeatFilter::Key& event, Fields fields);
    void publish(const RepeatFilter::Key& event, Fields fields);
    void publish(const std::vector<RepeatFilter::Repeated>& repeated);
    void enqueue(const std::string& line, std::chrono::system_clock::time_point now);
    [[nodiscard]] LogStyle style() const noexcept;

    void run();
    void wait_for_work() TURNPIKE_REQUIRES(mutex_);
    void write_out(std::string_view lines);
    [[nodiscard]] bool closing();

    // Constant after construction.
    const LogOptions options_;

    // By area. What is written, and what is taken: the tap may take more.
    std::array<std::atomic<Level>, area_names.size()> written_;
    std::array<std::atomic<Level>, area_names.size()> taken_;
    std::atomic<bool> masks_;
    std::optional<LogTap> tap_;

    // Shared between callers and the writing thread.
    Mutex mutex_;
    std::condition_variable_any changed_;
    std::string queue_ TURNPIKE_GUARDED_BY(mutex_);
    RepeatFilter repeats_ TURNPIKE_GUARDED_BY(mutex_);
    std::uint64_t lost_ TURNPIKE_GUARDED_BY(mutex_) = 0;
    bool closing_ TURNPIKE_GUARDED_BY(mutex_) = false;

    std::thread writer_;  // started last, when everything it touches exists
};

}  // namespace turnpike::telemetry
