// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/repeat_filter.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace turnpike::telemetry {

bool RepeatFilter::admits(const Key& key, TimePoint now) {
    const std::uint64_t lines = lines_max(key.area);
    if (lines == no_limit) return true;
    Slot* const slot = slot_of(key, now);
    if (slot == nullptr) return true;
    if (now - slot->since >= window && slot->left_out == 0) {
        slot->since = now;
        slot->admitted = 0;
    }
    if (slot->admitted < lines) {
        ++slot->admitted;
        return true;
    }
    ++slot->left_out;
    deadline_ = std::min(deadline_, slot->since + window);
    return false;
}

// Its own, else a new one, else that of an event which has been quiet. None where more events than
// the table holds are busy at once: then these are not limited.
RepeatFilter::Slot* RepeatFilter::slot_of(const Key& key, TimePoint now) {
    const std::span slots{slots_.data(), used_};
    const auto own = std::ranges::find(slots, key, &Slot::key);
    if (own != slots.end()) return &*own;
    Slot* free = nullptr;
    if (used_ < slots_.size()) {
        free = &slots_[used_++];
    } else {
        const auto quiet = std::ranges::find_if(slots, [now](const Slot& slot) {
            return now - slot.since >= window && slot.left_out == 0;
        });
        if (quiet == slots.end()) return nullptr;
        free = &*quiet;
    }
    *free = {.key = key, .since = now, .admitted = 0, .left_out = 0};
    return free;
}

std::vector<RepeatFilter::Repeated> RepeatFilter::on_time(TimePoint now) {
    if (now < deadline_) return {};
    return take(now, now - window);
}

std::vector<RepeatFilter::Repeated> RepeatFilter::take_all(TimePoint now) {
    return take(now, TimePoint::max());
}

// Of the windows that began at `began_by` or before.
std::vector<RepeatFilter::Repeated> RepeatFilter::take(TimePoint now, TimePoint began_by) {
    std::vector<Repeated> taken;
    deadline_ = TimePoint::max();
    for (Slot& slot : std::span{slots_.data(), used_}) {
        if (slot.left_out == 0) continue;
        if (slot.since > began_by) {
            deadline_ = std::min(deadline_, slot.since + window);
            continue;
        }
        taken.push_back({slot.key, std::exchange(slot.left_out, 0), now - slot.since});
        slot.since = now;
        slot.admitted = 0;
    }
    return taken;
}

}  // namespace turnpike::telemetry
