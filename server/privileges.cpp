// SPDX-License-Identifier: BSD-3-Clause
#include "server/privileges.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <type_traits>

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

void drop_loading_rights() {
    if (::geteuid() == 0) return;
    constexpr std::array rights{cap_value_t{CAP_BPF}, cap_value_t{CAP_NET_ADMIN},
                                cap_value_t{CAP_PERFMON}};
    struct Free {
        void operator()(cap_t held) const noexcept { ::cap_free(held); }
    };
    const std::unique_ptr<std::remove_pointer_t<cap_t>, Free> held{::cap_get_proc()};
    if (!held) require(-1, "rights of the process");
    // Nothing to give up, and a service may be forbidden to try.
    const bool has_any = std::ranges::any_of(rights, [&](cap_value_t right) {
        cap_flag_value_t permitted = CAP_CLEAR;
        return ::cap_get_flag(held.get(), right, CAP_PERMITTED, &permitted) == 0 &&
               permitted == CAP_SET;
    });
    if (!has_any) return;
    for (const cap_flag_t set : {CAP_EFFECTIVE, CAP_PERMITTED, CAP_INHERITABLE}) {
        require(::cap_set_flag(held.get(), set, static_cast<int>(rights.size()), rights.data(),
                               CAP_CLEAR),
                "rights of the process");
    }
    require(::cap_set_proc(held.get()), "rights of the process");
}

void forbid_core_dumps() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    require(::setrlimit(RLIMIT_CORE, &none), "limit of core files");
    require(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
}

}  // namespace turnpike
