// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/thread_safety.hpp"

#include <thread>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

struct Tally {
    Mutex mutex;
    int value TURNPIKE_GUARDED_BY(mutex) = 0;

    void add(int times) {
        for (int turn = 0; turn < times; ++turn) {
            const MutexLock lock{mutex};
            ++value;
        }
    }
    int read() {
        const MutexLock lock{mutex};
        return value;
    }
};

TEST_CASE("two threads that hold the lock in turn lose no step") {
    Tally tally;
    std::thread other{[&tally] { tally.add(5000); }};
    tally.add(5000);
    other.join();
    CHECK(tally.read() == 10000);
}

}  // namespace
}  // namespace turnpike::telemetry
