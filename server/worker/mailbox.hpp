// SPDX-License-Identifier: BSD-3-Clause
//
// Messages from any thread to one worker: bounded, so that a worker which falls behind costs its
// senders messages and nobody memory. The lock is held to move one message or to swap two vectors.
// Nothing is allocated after construction, but by what a message owns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "server/telemetry/thread_safety.hpp"

namespace turnpike::worker {

template <typename Message>
class Mailbox {
public:
    // `wake` is called by the thread that puts a message into an empty mailbox, and makes the owner
    // call drain() soon.
    Mailbox(std::size_t capacity, std::function<void()> wake)
        : capacity_{capacity}, wake_{std::move(wake)} {
        waiting_.reserve(capacity);
        taken_.reserve(capacity);
    }

    // Any thread. False where the mailbox is full: the message is dropped and counted.
    [[nodiscard]] bool push(Message message) {
        bool first = false;
        {
            const telemetry::MutexLock lock{mutex_};
            if (waiting_.size() == capacity_) {
                ++dropped_;
                return false;
            }
            first = waiting_.empty();
            waiting_.push_back(std::move(message));
        }
        if (first) wake_();
        return true;
    }

    // The owner: hands over what has come, in order, to handle(Message&&), and yields how many.
    // What comes meanwhile waits for the next call, and wakes again.
    template <typename Handle>
    std::size_t drain(Handle&& handle) {
        {
            const telemetry::MutexLock lock{mutex_};
            taken_.swap(waiting_);
        }
        for (Message& message : taken_) handle(std::move(message));
        const std::size_t count = taken_.size();
        taken_.clear();
        return count;
    }

    [[nodiscard]] std::uint64_t dropped() const {
        const telemetry::MutexLock lock{mutex_};
        return dropped_;
    }

private:
    // Constant after construction.
    std::size_t capacity_;
    std::function<void()> wake_;
    // Shared.
    mutable telemetry::Mutex mutex_;
    std::vector<Message> waiting_ TURNPIKE_GUARDED_BY(mutex_);
    std::uint64_t dropped_ TURNPIKE_GUARDED_BY(mutex_) = 0;
    // The owner's; empty outside drain().
    std::vector<Message> taken_;
};

}  // namespace turnpike::worker
