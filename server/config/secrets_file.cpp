// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/secrets_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "server/config/closed_file.hpp"

namespace turnpike::config {
namespace {

constexpr std::size_t file_bytes_max = 65'536;

[[nodiscard]] SecretsFile failed(const std::filesystem::path& file, std::string_view why) {
    return {.error = fmt::format("auth.secrets_file: {} {}", file.string(), why)};
}

// Editors leave ends of lines there that are not those of Unix, and blanks that nobody sees.
[[nodiscard]] std::string_view trimmed(std::string_view line) {
    constexpr std::string_view blanks = " \t\r";
    const auto first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

[[nodiscard]] std::vector<Secret> secrets_in(std::string_view text) {
    std::vector<Secret> secrets;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto secret = trimmed(line);
        if (secret.empty() || secret.starts_with('#')) continue;
        secrets.push_back({.secret = std::string{secret}, .expired = {}});
    }
    return secrets;
}

}  // namespace

SecretsFile read_secrets_file(const std::filesystem::path& file, const std::string& server_user) {
    errno = 0;
    std::ifstream stream{file, std::ios::binary};
    struct stat status{};
    if (!stream || ::stat(file.c_str(), &status) != 0) {
        return failed(file, "cannot be read: " + std::generic_category().message(errno));
    }
    if (!S_ISREG(status.st_mode)) return failed(file, "is no file");
    std::string text(file_bytes_max + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > file_bytes_max) return failed(file, "is larger than 64 KiB");
    SecretsFile result{.secrets = secrets_in(text), .error = {}, .warning = {}};
    if (result.secrets.empty()) {
        return failed(file, "holds no secret; `openssl rand -base64 32` makes one");
    }
    if ((status.st_mode & S_IROTH) != 0) {
        result.warning = fmt::format("auth.secrets_file: every user can read {}; run `{}`",
                                     file.string(), command_to_close(file, server_user));
    }
    return result;
}

}  // namespace turnpike::config
