// SPDX-License-Identifier: BSD-3-Clause
//
// The log: one line per event, decisions and state changes only; never packets, never secrets.
//
// Any thread may call it. A call renders the line and puts it in a bounded queue; a thread of the
// log's own writes it out, so a stuck pipe or a slow disk never holds a worker up. When the queue
// is full the line is dropped and counted, and the next line that fits is preceded by the count.
// Everything queued is written before the destructor returns, unless the descriptor stays blocked.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "server/telemetry/log_line.hpp"
#include "server/telemetry/thread_safety.hpp"

namespace turnpike::telemetry {

struct LogOptions {
    int descriptor = 2;  // standard error; the log does not own it
    Level level = Level::info;
    LogFormat format = LogFormat::text;
    std::size_t queue_bytes_max = 1U << 20U;
    std::chrono::milliseconds patience{1000};  // how long the end waits for a blocked descriptor
};

class Log {
public:
    explicit Log(LogOptions options);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    [[nodiscard]] bool writes(Level level) const noexcept { return level >= options_.level; }

    void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
    void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
    void warning(std::string_view event, Fields fields = {}) {
        write(Level::warning, event, fields);
    }
    void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }

    void write(Level level, std::string_view event, Fields fields);

private:
    void run();
    void write_out(std::string_view lines);
    [[nodiscard]] bool closing();

    // Constant after construction.
    const LogOptions options_;

    // Shared between callers and the writing thread.
    Mutex mutex_;
    std::condition_variable_any changed_;
    std::string queue_ TURNPIKE_GUARDED_BY(mutex_);
    std::uint64_t lost_ TURNPIKE_GUARDED_BY(mutex_) = 0;
    bool closing_ TURNPIKE_GUARDED_BY(mutex_) = false;

    std::thread writer_;  // started last, when everything it touches exists
};

}  // namespace turnpike::telemetry
