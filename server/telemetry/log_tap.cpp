// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_tap.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::telemetry {

void LogTap::add(std::string json) {
    if (lines_max_ == 0) return;
    {
        const MutexLock lock{mutex_};
        if (ring_.size() < lines_max_) {
            ring_.push_back(std::move(json));
        } else {
            ring_[last_ % lines_max_] = std::move(json);
        }
        ++last_;
    }
    const MutexLock lock{wake_mutex_};
    if (wake_) wake_();
}

std::vector<TapLine> LogTap::tail(std::uint64_t after, std::size_t max) const {
    const MutexLock lock{mutex_};
    const std::uint64_t oldest = last_ - ring_.size() + 1;
    std::uint64_t number = after >= last_ + 1 ? oldest : std::max(after + 1, oldest);
    std::vector<TapLine> lines;
    for (; number <= last_ && lines.size() < max; ++number) {
        lines.push_back({number, ring_[(number - 1) % lines_max_]});
    }
    return lines;
}

std::uint64_t LogTap::newest() const {
    const MutexLock lock{mutex_};
    return last_;
}

void LogTap::on_line(std::function<void()> wake) {
    const MutexLock lock{wake_mutex_};
    wake_ = std::move(wake);
}

}  // namespace turnpike::telemetry
