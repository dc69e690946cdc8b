// SPDX-License-Identifier: BSD-3-Clause
//
// How a file with secrets is closed to everybody but its owner and the server: advice, as a command
// for a shell. Taking the right of others away alone would lock the server out, where it is not the
// owner of the file.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>

namespace turnpike::config {

// Whether others than the owner and the group have any right: a file with the admin token is
// refused then.
[[nodiscard]] constexpr bool is_open_to_others(mode_t mode) noexcept {
    return (mode & S_IRWXO) != 0;
}

// With the group of `server_user`, server.user as it is set; else with that of whoever reads the
// file now without being root; else with that of its folder. Nothing is changed here.
[[nodiscard]] std::string command_to_close(const std::filesystem::path& file,
                                           const std::string& server_user);

}  // namespace turnpike::config
