// SPDX-License-Identifier: BSD-3-Clause
//
// Whether new allocations are sent to other servers, or refused because this one is to be empty.
// The one switch of the process: any thread sets it while the server runs, every worker asks it
// before it opens a relay. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace turnpike::worker {

enum class RedirectMode : std::uint8_t {
    off,
    always,
    overload,  // while as many allocations live here as the threshold says
};

class Redirection {
public:
    Redirection(RedirectMode mode, std::size_t threshold) noexcept
        : threshold_{threshold}, mode_{mode} {}

    // Allocations that live stay, and are refreshed, whatever the mode.
    void set(RedirectMode mode) noexcept { mode_.store(mode, std::memory_order_relaxed); }
    void set(RedirectMode mode, std::size_t threshold) noexcept {
        threshold_.store(threshold, std::memory_order_relaxed);
        set(mode);
    }

    // No new allocations here from now on, whatever the mode.
    void drain() noexcept { draining_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool is_draining() const noexcept {
        return draining_.load(std::memory_order_relaxed);
    }

    // With so many allocations on all workers together.
    [[nodiscard]] bool applies(std::size_t allocations) const noexcept {
        if (is_draining()) return true;
        switch (mode_.load(std::memory_order_relaxed)) {
            case RedirectMode::always:
                return true;
            case RedirectMode::overload:
                return allocations >= threshold_.load(std::memory_order_relaxed);
            case RedirectMode::off:
                break;
        }
        return false;
    }

private:
    std::atomic<std::size_t> threshold_;
    std::atomic<RedirectMode> mode_;
    std::atomic<bool> draining_{false};
};

}  // namespace turnpike::worker
