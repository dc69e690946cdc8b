// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/account.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace turnpike::doctor {
namespace {

using Buffer = std::array<char, 16384>;

Account account_from(const passwd& entry) {
    Account account{.name = entry.pw_name, .user = entry.pw_uid, .group = entry.pw_gid};
    int count = 64;
    account.groups.resize(static_cast<std::size_t>(count));
    if (::getgrouplist(entry.pw_name, entry.pw_gid, account.groups.data(), &count) < 0) {
        account.groups.resize(static_cast<std::size_t>(count));
        (void)::getgrouplist(entry.pw_name, entry.pw_gid, account.groups.data(), &count);
    }
    account.groups.resize(static_cast<std::size_t>(count));
    return account;
}

int access_now(const char* path, int mode) noexcept {
    return ::faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? 0 : errno;
}

// In a child of a process that may have threads: system calls alone.
[[noreturn]] void answer_as(const Account& account, const char* path, int mode) noexcept {
    if (::setgroups(account.groups.size(), account.groups.data()) != 0 ||
        ::setresgid(account.group, account.group, account.group) != 0 ||
        ::setresuid(account.user, account.user, account.user) != 0) {
        ::_exit(EPERM);
    }
    ::_exit(access_now(path, mode));
}

}  // namespace

std::optional<Account> find_account(const std::string& name) {
    Buffer buffer{};
    passwd entry{};
    passwd* found = nullptr;
    (void)::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) return std::nullopt;
    return account_from(entry);
}

std::optional<Account> account_of(pid_t process) {
    struct stat status{};
    if (::stat(fmt::format("/proc/{}", process).c_str(), &status) != 0) return std::nullopt;
    Buffer buffer{};
    passwd entry{};
    passwd* found = nullptr;
    (void)::getpwuid_r(status.st_uid, &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) return std::nullopt;
    return account_from(entry);
}

std::optional<int> access_as(const std::optional<Account>& account, const std::string& path,
                             int mode) {
    if (!account || account->user == ::geteuid()) return access_now(path.c_str(), mode);
    if (::geteuid() != 0) return std::nullopt;
    const pid_t child = ::fork();
    if (child < 0) return std::nullopt;
    if (child == 0) answer_as(*account, path.c_str(), mode);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) return std::nullopt;
    }
    if (!WIFEXITED(status)) return std::nullopt;
    return WEXITSTATUS(status);
}

}  // namespace turnpike::doctor
