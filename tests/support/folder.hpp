// SPDX-License-Identifier: BSD-3-Clause
//
// A folder of its own for a test, that goes with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace turnpike::test {

class Folder {
public:
    Folder() {
        std::string pattern = std::filesystem::temp_directory_path() / "turnpike-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no folder"};
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::string file(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace turnpike::test
