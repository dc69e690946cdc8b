// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/closed_file.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

namespace turnpike::config {
namespace {

using Buffer = std::array<char, 16384>;

std::optional<gid_t> group_of(const std::string& user) {
    Buffer buffer{};
    passwd entry{};
    passwd* found = nullptr;
    (void)::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (found == nullptr) return std::nullopt;
    return entry.pw_gid;
}

std::string name_of(gid_t group) {
    Buffer buffer{};
    ::group entry{};
    ::group* found = nullptr;
    (void)::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found);
    return found != nullptr ? entry.gr_name : std::to_string(group);
}

// None: nothing says which it should be.
std::optional<gid_t> group_for(const std::filesystem::path& file, const std::string& server_user) {
    if (!server_user.empty()) return group_of(server_user);
    if (::geteuid() != 0) return ::getegid();
    struct stat folder{};
    std::error_code ignored;
    const auto path = std::filesystem::absolute(file, ignored).parent_path();
    if (::stat(path.c_str(), &folder) != 0 || folder.st_gid == 0) return std::nullopt;
    return folder.st_gid;
}

}  // namespace

std::string command_to_close(const std::filesystem::path& file, const std::string& server_user) {
    const std::string command = fmt::format("chmod 640 {}", file.string());
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return command;
    const auto group = group_for(file, server_user);
    if (!group || *group == status.st_gid) return command;
    if (server_user.empty() && status.st_uid == ::geteuid() && status.st_uid != 0) return command;
    return fmt::format("chgrp {} {} && {}", name_of(*group), file.string(), command);
}

}  // namespace turnpike::config
