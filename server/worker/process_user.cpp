// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/process_user.hpp"

#include <pwd.h>

#include <array>

namespace turnpike::worker {

namespace {

constexpr std::size_t entry_octets = 16'384;

}  // namespace

std::optional<ProcessUser> process_user(const std::string& name) {
    if (name.empty()) return std::nullopt;
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, entry_octets> memory{};
    if (::getpwnam_r(name.c_str(), &entry, memory.data(), memory.size(), &found) != 0) {
        return std::nullopt;
    }
    if (found == nullptr) return std::nullopt;
    return ProcessUser{found->pw_uid, found->pw_gid};
}

}  // namespace turnpike::worker
