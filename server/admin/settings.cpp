// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/settings.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "auth/password.hpp"
#include "server/admin/ice_servers.hpp"
#include "server/config/closed_file.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::admin {
namespace {

constexpr std::size_t token_octets_max = 4096;

[[nodiscard]] BadToken refused(const std::string& file, std::string_view why) {
    return {fmt::format("admin.token_file: {}: {}", file, why)};
}

[[nodiscard]] protocol::Result<std::string, BadToken> good(const std::string& token) {
    return {boost::system::in_place_value, token};
}

[[nodiscard]] std::string trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const auto first = text.find_first_not_of(blank);
    if (first == text.npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(blank) - first + 1)};
}

}  // namespace

protocol::Result<std::string, BadToken> read_token(const config::Admin& admin) {
    const std::string& file = admin.token_file;
    if (!admin.token.empty() || file.empty()) return good(admin.token);
    const net::FileDescriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    struct stat status{};
    if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0) {
        return refused(file, std::system_category().message(errno));
    }
    if (!S_ISREG(status.st_mode)) return refused(file, "it is no regular file");
    if (config::is_open_to_others(status.st_mode)) {
        return refused(file, "anybody on this host may use it; run `" +
                                 config::command_to_close(file, {}) + "`");
    }
    std::array<char, token_octets_max + 1> octets{};
    const ssize_t size = ::read(descriptor.get(), octets.data(), octets.size());
    if (size < 0) return refused(file, std::system_category().message(errno));
    const std::string token = trimmed({octets.data(), static_cast<std::size_t>(size)});
    if (token.empty()) return refused(file, "it holds no token");
    if (token.size() > token_octets_max) return refused(file, "it holds more than a token");
    return good(token);
}

Settings make_settings(const config::Config& config, std::string token,
                       const std::vector<protocol::IpAddress>& advertised) {
    Settings settings{.token = std::move(token),
                      .cors_origins = config.admin.cors_origins,
                      .requests_per_second = config.admin.requests_per_second,
                      .mints_per_minute = config.admin.mints_per_minute,
                      .realm = auth::opaque_string(config.realm).value_or(config.realm),
                      .secrets = {},
                      .stun_urls = stun_urls(config, "", advertised),
                      .turn_urls = turn_urls(config, "", advertised)};
    for (const config::Secret& each : config.auth.secrets) settings.secrets.push_back(each.secret);
    return settings;
}

}  // namespace turnpike::admin
