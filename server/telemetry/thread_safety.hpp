// SPDX-License-Identifier: BSD-3-Clause
//
// A mutex that clang's -Wthread-safety understands; libstdc++'s own carries no annotations. Only
// the few files that may hold a lock use it, and name beside each member which lock guards it.
#pragma once

#include <mutex>

#if defined(__clang__)
#define TURNPIKE_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define TURNPIKE_THREAD_SAFETY(attribute)
#endif

#define TURNPIKE_GUARDED_BY(mutex) TURNPIKE_THREAD_SAFETY(guarded_by(mutex))
#define TURNPIKE_REQUIRES(mutex) TURNPIKE_THREAD_SAFETY(requires_capability(mutex))

namespace turnpike::telemetry {

class TURNPIKE_THREAD_SAFETY(capability("mutex")) Mutex {
public:
    void lock() TURNPIKE_THREAD_SAFETY(acquire_capability()) { mutex_.lock(); }
    void unlock() TURNPIKE_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }

private:
    std::mutex mutex_;
};

// Holds the mutex for its scope.
class TURNPIKE_THREAD_SAFETY(scoped_lockable) MutexLock {
public:
    explicit MutexLock(Mutex& mutex) TURNPIKE_THREAD_SAFETY(acquire_capability(mutex))
        : mutex_{mutex} {
        mutex_.lock();
    }
    ~MutexLock() TURNPIKE_THREAD_SAFETY(release_capability()) { mutex_.unlock(); }
    MutexLock(const MutexLock&) = delete;
    MutexLock& operator=(const MutexLock&) = delete;

private:
    Mutex& mutex_;
};

}  // namespace turnpike::telemetry
