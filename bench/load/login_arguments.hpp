// SPDX-License-Identifier: BSD-3-Clause
//
// Who asks and whom to trust, as every command takes it; secrets come from files and the
// environment, so that they are in no process list.
#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <span>
#include <string>

#include "client/client.hpp"

namespace turnpike::bench {

struct LoginArguments {
    std::string user;
    std::string password;
    std::string password_file;
    std::string secret_file;
    std::string authorities;
    bool insecure = false;

    void add_to(CLI::App& command);
    // The user where one is named; else nobody.
    [[nodiscard]] client::Login login() const;
    [[nodiscard]] std::string secret() const;
    // As login(), or minted from the secret for this long. Throws CLI::ValidationError where there
    // is neither.
    [[nodiscard]] client::Login login_or_minted(std::chrono::seconds lifetime) const;
    [[nodiscard]] client::Trust trust() const { return {authorities, !insecure}; }
};

// A command line for others to see: what stands behind -p or --password is left out.
[[nodiscard]] std::string without_password(std::span<const std::string> words);

}  // namespace turnpike::bench
