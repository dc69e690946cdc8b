// SPDX-License-Identifier: BSD-3-Clause
//
// The file of auth.secrets_file: secrets apart from the configuration, so that the latter can be
// shown to everybody and kept under version control. One secret a line; blank lines and lines that
// begin with # say nothing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "server/config/config.hpp"

namespace turnpike::config {

struct SecretsFile {
    std::vector<Secret> secrets{};
    std::string error{};    // why there are none; empty: there are
    std::string warning{};  // empty: none
};

// What is said names the option and the file, and never a secret. `server_user`: server.user, who
// has to be able to read it.
[[nodiscard]] SecretsFile read_secrets_file(const std::filesystem::path& file,
                                            const std::string& server_user = {});

}  // namespace turnpike::config
