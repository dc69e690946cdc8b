// SPDX-License-Identifier: BSD-3-Clause
//
// The clock that OpenSSL's retransmission timers read, which a test can move: it takes the place of
// the C library's gettimeofday() in the whole test program, and runs on as that does. Included by
// one source of a program.
#pragma once

#include <sys/time.h>

#include <chrono>

namespace turnpike::test {

inline std::chrono::microseconds& openssl_clock_offset() {
    static std::chrono::microseconds offset{};
    return offset;
}

inline void openssl_time_passes(std::chrono::microseconds duration) {
    openssl_clock_offset() += duration;
}

}  // namespace turnpike::test

extern "C" int gettimeofday(timeval* time, void* /*zone*/) noexcept {
    using namespace std::chrono;
    const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()) +
                     turnpike::test::openssl_clock_offset();
    time->tv_sec = now / seconds{1};
    time->tv_usec = now % seconds{1} / microseconds{1};
    return 0;
}
