// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/niceness.hpp"

#include <sys/resource.h>

#include <thread>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

int own_niceness() {
    return ::getpriority(PRIO_PROCESS, 0);
}

int of_a_thread_started_now() {
    int found = 0;
    std::thread{[&] { found = own_niceness(); }}.join();
    return found;
}

// In a thread of its own, which may be left nicer than it was.
template <typename Test>
void apart(Test&& test) {
    std::thread{std::forward<Test>(test)}.join();
}

TEST_CASE("threads that are started meanwhile are as nice as was asked for") {
    apart([] {
        const int before = own_niceness();
        const int nicer = before + 3;
        {
            const Niceness niceness{nicer};
            CHECK_FALSE(niceness.error());
            CHECK(of_a_thread_started_now() == nicer);
        }
        CHECK_FALSE(Niceness{before}.error());
    });
}

TEST_CASE("whoever may not is told why, and stays as it was") {
    apart([] {
        const int before = own_niceness();
        const Niceness less{before - 1};
        CHECK(of_a_thread_started_now() == (less.error() ? before : before - 1));
        if (less.error()) CHECK(less.error() == std::errc::permission_denied);
    });
}

}  // namespace
}  // namespace turnpike::worker
