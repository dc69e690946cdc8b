// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/masked_url.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::config {
namespace {

constexpr std::string_view stars = "********";
constexpr std::string_view blanks = " \t\r\n";

// Behind the value that begins at `from`. In keywords it may be quoted, and a backslash takes the
// next character as it is; in a URL it goes on to the next "&".
[[nodiscard]] std::size_t end_of_value(std::string_view text, std::size_t from, bool is_url) {
    if (is_url) return std::min(text.find('&', from), text.size());
    const bool is_quoted = from < text.size() && text[from] == '\'';
    for (std::size_t at = is_quoted ? from + 1 : from; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (is_quoted && text[at] == '\'') {
            return at + 1;
        } else if (!is_quoted && blanks.find(text[at]) != blanks.npos) {
            return at;
        }
    }
    return text.size();
}

// Every "password=", "sslpassword=" too; keywords may have blanks around the "=".
[[nodiscard]] std::string without_keywords(std::string text, bool is_url) {
    constexpr std::string_view keyword = "password";
    for (auto at = text.find(keyword); at != text.npos; at = text.find(keyword, at)) {
        at += keyword.size();
        const auto equals = is_url ? at : text.find_first_not_of(blanks, at);
        if (equals >= text.size() || text[equals] != '=') continue;
        const auto value =
            is_url ? equals + 1 : std::min(text.find_first_not_of(blanks, equals + 1), text.size());
        text.replace(value, end_of_value(text, value, is_url) - value, stars);
        at = value + stars.size();
    }
    return text;
}

}  // namespace

std::string masked_url(std::string_view text) {
    constexpr std::string_view scheme = "://";
    const bool is_url = text.starts_with("postgresql://") || text.starts_with("postgres://");
    std::string out{text};
    if (is_url) {
        // A "/" ends what may be user and password; "?" and "#" are characters of a password.
        const auto user = out.find(scheme) + scheme.size();
        const auto host = out.rfind('@', out.find('/', user));
        const auto colon = out.find(':', user);
        if (host != out.npos && host >= user && colon < host) {
            out.replace(colon + 1, host - colon - 1, stars);
        }
    }
    return without_keywords(std::move(out), is_url);
}

}  // namespace turnpike::config
