// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/state_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace turnpike::worker {
namespace {

namespace fs = std::filesystem;

int access_to(const fs::path& path, int mode) noexcept {
    return ::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

fs::path folder_of(const std::string& file) {
    std::error_code ignored;
    return fs::absolute(file, ignored).parent_path();
}

std::string text_of(int error) {
    return std::generic_category().message(error);
}

std::optional<Obstacle> obstacle_to_present(const std::string& file) {
    const fs::path folder = folder_of(file);
    if (const int error = access_to(file, R_OK | W_OK); error != 0) {
        return Obstacle{true, fmt::format("{0} is there and cannot be opened: {1}; `chown "
                                          "--reference={2} {0}*` gives it to whom its folder "
                                          "belongs",
                                          file, text_of(error), folder.string())};
    }
    // SQLite makes files beside it.
    if (const int error = access_to(folder, W_OK | X_OK); error != 0) {
        return Obstacle{true,
                        fmt::format("{0} is there, and nothing can be written beside it: {1}; "
                                    "make the folder {2} writable for whom the server runs "
                                    "as",
                                    file, text_of(error), folder.string())};
    }
    return std::nullopt;
}

std::optional<Obstacle> obstacle_to_absent(const std::string& file) {
    fs::path folder = folder_of(file);
    // What lacks of the way there is made with it.
    while (access_to(folder, F_OK) == ENOENT && folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    const int error = access_to(folder / "", W_OK | X_OK);  // no file of that name
    if (error == 0) return std::nullopt;
    return Obstacle{false, fmt::format("{} cannot be made: {}", file, text_of(error))};
}

}  // namespace

std::optional<Obstacle> obstacle_to(const std::vector<std::string>& files) {
    std::optional<Obstacle> found;
    for (const std::string& file : files) {
        const bool is_there = access_to(file, F_OK) == 0;
        auto obstacle = is_there ? obstacle_to_present(file) : obstacle_to_absent(file);
        if (obstacle && obstacle->is_fatal) return obstacle;
        if (!found) found = std::move(obstacle);
    }
    return found;
}

}  // namespace turnpike::worker
