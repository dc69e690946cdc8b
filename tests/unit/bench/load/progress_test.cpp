// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/progress.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

// Standard error is a file meanwhile.
struct NoTerminal {
    NoTerminal() { dup2(nowhere, STDERR_FILENO); }
    ~NoTerminal() {
        dup2(before, STDERR_FILENO);
        close(before);
        close(nowhere);
    }
    NoTerminal(const NoTerminal&) = delete;
    NoTerminal& operator=(const NoTerminal&) = delete;
    int before = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
};

TEST_CASE("where standard error is no terminal nothing is ever due, and nothing said") {
    const NoTerminal no_terminal;
    Progress progress;
    CHECK_FALSE(progress.is_due(std::chrono::seconds{1}));
    progress.say("half of it");
}

}  // namespace
}  // namespace turnpike::bench
