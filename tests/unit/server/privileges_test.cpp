// SPDX-License-Identifier: BSD-3-Clause
#include "server/privileges.hpp"

#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>

#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

// In a process of its own, which what it does may spoil. The child says only whether it held.
bool holds_in_child(const std::function<bool()>& claim) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        bool held = false;
        try {
            held = claim();
        } catch (...) {
            held = false;
        }
        ::_exit(held ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_CASE("nobody in particular, and oneself, are no change") {
    CHECK_NOTHROW(drop_privileges(""));
    const passwd* self = ::getpwuid(::geteuid());
    REQUIRE(self != nullptr);
    CHECK_NOTHROW(drop_privileges(self->pw_name));
}

TEST_CASE("a user that does not exist is refused with how to make it") {
    CHECK_THROWS_WITH(drop_privileges("turnpike-nobody-has-this-name"),
                      Catch::Contains("server.user: this system has no user") &&
                          Catch::Contains("adduser --system"));
}

TEST_CASE("root becomes the user for good; anybody else is told that only root can") {
    const bool is_root = ::geteuid() == 0;
    CHECK(holds_in_child([is_root] {
        try {
            drop_privileges("nobody");
        } catch (const std::exception& refusal) {
            return !is_root && std::string{refusal.what()}.find("only root") != std::string::npos;
        }
        const passwd* nobody = ::getpwnam("nobody");
        return is_root && ::getuid() == nobody->pw_uid && ::getegid() == nobody->pw_gid &&
               ::setuid(0) != 0 && ::setgid(0) != 0;
    }));
}

TEST_CASE("no core file is left and no other process may look in") {
    CHECK(holds_in_child([] {
        forbid_core_dumps();
        rlimit limit{};
        return ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0 &&
               ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    }));
}

std::uint64_t permitted() {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("CapPrm:")) return std::stoull(line.substr(7), nullptr, 16);
    }
    return 0;
}

TEST_CASE("the rights to load a program into the kernel go, and others stay") {
    constexpr auto bit = [](unsigned capability) { return std::uint64_t{1} << capability; };
    constexpr std::uint64_t loading = bit(CAP_BPF) | bit(CAP_NET_ADMIN) | bit(CAP_PERFMON);
    const bool is_root = ::geteuid() == 0;
    CHECK(holds_in_child([&] {
        if (!is_root) {
            drop_loading_rights();
            return (permitted() & loading) == 0;
        }
        const std::uint64_t before = permitted();
        drop_loading_rights();
        if (permitted() != before) return false;
        const passwd* nobody = ::getpwnam("nobody");
        if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || ::setuid(nobody->pw_uid) != 0)
            return false;
        drop_loading_rights();
        return permitted() == (before & ~loading);
    }));
}

TEST_CASE("who is no longer root may still be as nice as root could allow, and no nicer") {
    const bool is_root = ::geteuid() == 0;
    CHECK(holds_in_child([is_root] {
        rlimit limit{.rlim_cur = 0, .rlim_max = 0};
        (void)::setrlimit(RLIMIT_NICE, &limit);
        allow_niceness(-5);
        // Root of a container may not raise a limit either.
        const bool may = ::getrlimit(RLIMIT_NICE, &limit) == 0 && limit.rlim_cur == 25;
        if (is_root) drop_privileges("nobody");
        return (::setpriority(PRIO_PROCESS, 0, -5) == 0) == may &&
               ::setpriority(PRIO_PROCESS, 0, -6) != 0;
    }));
}

}  // namespace
}  // namespace turnpike
