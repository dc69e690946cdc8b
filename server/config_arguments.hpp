// SPDX-License-Identifier: BSD-3-Clause
//
// Where the configuration comes from.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace turnpike {

struct ConfigArguments {
    std::optional<std::filesystem::path> file;  // none: the default file, where it exists
    std::vector<std::string> assignments;       // --set key=value
};

}  // namespace turnpike
