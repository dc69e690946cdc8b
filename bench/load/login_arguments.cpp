// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/login_arguments.hpp"

#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include "auth/timed_secret.hpp"

namespace turnpike::bench {
namespace {

// Without the end of the line that editors leave there.
std::string first_line(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line)) throw CLI::ValidationError{path + ": cannot be read, or empty"};
    return line;
}

std::string from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : value;
}

}  // namespace

void LoginArguments::add_to(CLI::App& command) {
    command.add_option("-u,--user", user, "username");
    command.add_option(
        "-p,--password", password,
        "password; better: --password-file, or TURNPIKE_PASSWORD in the environment");
    command.add_option("--password-file", password_file, "file whose first line is it");
    command.add_option(
        "--secret-file", secret_file,
        "file whose first line is the secret that logins are minted from, or "
        "TURNPIKE_SECRET in the environment: tells a wrong secret from wrong clocks");
    command.add_option("--ca", authorities,
                       "PEM file of the authorities to trust instead of the system's");
    command.add_flag("--insecure", insecure, "take any certificate");
}

std::string without_password(std::span<const std::string> words) {
    constexpr std::string_view hidden = "***";
    std::string line;
    bool is_next = false;
    for (std::string word : words) {
        if (std::exchange(is_next, word == "-p" || word == "--password")) {
            word = hidden;
        } else if (word.starts_with("--password=")) {
            word = "--password=***";
        } else if (word.starts_with("-p") && word.size() > 2) {
            word = "-p***";
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line;
}

client::Login LoginArguments::login() const {
    if (user.empty()) return {};
    std::string chosen = password;
    if (!password_file.empty()) chosen = first_line(password_file);
    if (chosen.empty()) chosen = from_environment("TURNPIKE_PASSWORD");
    return {user, chosen};
}

std::string LoginArguments::secret() const {
    return secret_file.empty() ? from_environment("TURNPIKE_SECRET") : first_line(secret_file);
}

client::Login LoginArguments::login_or_minted(std::chrono::seconds lifetime) const {
    if (!user.empty()) return login();
    const std::string minted_from = secret();
    if (minted_from.empty()) {
        throw CLI::ValidationError{"a user and a password, or a secret, are needed"};
    }
    const auto expiry = std::chrono::time_point_cast<protocol::WallTime::duration>(
        std::chrono::system_clock::now() + lifetime);
    const std::string username = auth::timed_username(expiry, "turnpike-bench", {});
    return {username, auth::timed_password(minted_from, username)};
}

}  // namespace turnpike::bench
