// SPDX-License-Identifier: BSD-3-Clause
#include "server/privileges.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace turnpike {
namespace {

struct Account {
    uid_t user;
    gid_t group;
};

[[nodiscard]] Account find_account(const std::string& user) {
    std::array<char, 16384> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    const int failure = ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) return {entry.pw_uid, entry.pw_gid};
    if (failure == 0) {
        throw std::runtime_error{fmt::format(
            "server.user: this system has no user \"{}\"; make it with `adduser --system --group "
            "{}`",
            user, user)};
    }
    throw std::system_error{failure, std::generic_category(), "server.user: " + user};
}

void require(int result, const std::string& what) {
    if (result != 0) throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

void drop_privileges(const std::string& user) {
    if (user.empty()) return;
    const auto [user_id, group_id] = find_account(user);
    if (::geteuid() == user_id && ::getuid() == user_id) return;
    if (::geteuid() != 0) {
        throw std::runtime_error{fmt::format(
            "server.user: only root can become \"{}\"; start as root, or as \"{}\" itself", user,
            user)};
    }
    // Groups first: afterwards nobody may.
    require(::initgroups(user.c_str(), group_id), "server.user: groups of " + user);
    require(::setresgid(group_id, group_id, group_id), "server.user: group of " + user);
    require(::setresuid(user_id, user_id, user_id), "server.user: " + user);
    if (user_id != 0 && ::setresuid(0, 0, 0) == 0) {
        throw std::runtime_error{"server.user: root could be had back; refusing to go on"};
    }
}

void allow_niceness(int niceness) noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NICE, &limit) != 0) return;
    // The kernel counts from 1, which is niceness 19, to 40.
    const auto wanted = static_cast<rlim_t>(20 - niceness);
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = wanted;
    limit.rlim_max = std::max(limit.rlim_max, wanted);
    (void)::setrlimit(RLIMIT_NICE, &limit);
}

void forbid_core_dumps() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    require(::setrlimit(RLIMIT_CORE, &none), "limit of core files");
    require(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
}

}  // namespace turnpike
