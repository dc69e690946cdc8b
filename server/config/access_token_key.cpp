// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/access_token_key.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <limits>

#include "server/config/spelling.hpp"

namespace turnpike::config {
namespace {

constexpr std::array algorithm_names{std::string_view{"A128GCM"}, std::string_view{"A256GCM"}};
constexpr std::array key_names{std::string_view{"id"}, std::string_view{"key"},
                               std::string_view{"algorithm"}, std::string_view{"not_before"},
                               std::string_view{"not_after"}};
constexpr std::size_t id_bytes_max = 508;  // RFC 8489 section 14.3, of a USERNAME

std::size_t octets_needed(TokenAlgorithm algorithm) {
    return algorithm == TokenAlgorithm::a128gcm ? 16 : 32;
}

std::chrono::sys_seconds moment_of(const toml::date_time& when) {
    const auto day = std::chrono::sys_days{std::chrono::year{when.date.year} /
                                           std::chrono::month{when.date.month} /
                                           std::chrono::day{when.date.day}};
    return day + std::chrono::hours{when.time.hour} + std::chrono::minutes{when.time.minute} +
           std::chrono::seconds{when.time.second} - std::chrono::minutes{when.offset->minutes};
}

class TableReader {
public:
    TableReader(const toml::table& table, const Option& option, Complaints& complaints)
        : table_{table}, option_{option}, complaints_{complaints} {}

    [[nodiscard]] std::optional<AccessTokenKey> read() {
        for (const auto& [name, node] : table_) take(name, node);
        if (key_.id.empty() && is_good_) complain(table_, "a key without an id");
        if (is_good_ && key_.key.size() < octets_needed(key_.algorithm)) {
            complain(table_,
                     fmt::format("{} needs a key of {} octets in base64; `openssl rand "
                                 "-base64 {}` makes one",
                                 algorithm_names[static_cast<std::size_t>(key_.algorithm)],
                                 octets_needed(key_.algorithm), octets_needed(key_.algorithm)));
        }
        return is_good_ ? std::optional{std::move(key_)} : std::nullopt;
    }

private:
    void complain(const toml::node& node, std::string_view what) {
        complaints_.add(node, fmt::format("{}: {}", option_.key, what));
        is_good_ = false;
    }
    void take(const toml::key& name, const toml::node& node);
    void take_id(const toml::node& node);
    void take_key(const toml::node& node);
    void take_algorithm(const toml::node& node);
    std::optional<std::chrono::sys_seconds> time(std::string_view name, const toml::node& node);

    const toml::table& table_;
    const Option& option_;
    Complaints& complaints_;
    AccessTokenKey key_;
    bool is_good_ = true;
};

void TableReader::take(const toml::key& name, const toml::node& node) {
    if (name == "id") {
        take_id(node);
    } else if (name == "key") {
        take_key(node);
    } else if (name == "algorithm") {
        take_algorithm(node);
    } else if (name == "not_before") {
        key_.not_before = time(name.str(), node);
    } else if (name == "not_after") {
        key_.not_after = time(name.str(), node);
    } else {
        complaints_.add(name.source(),
                        fmt::format("{}: unknown key {}{}", option_.key, quoted(name.str()),
                                    suggestion(nearest(name.str(), key_names))));
        is_good_ = false;
    }
}

void TableReader::take_id(const toml::node& node) {
    key_.id = node.value<std::string>().value_or("");
    if (key_.id.empty() || key_.id.size() > id_bytes_max) {
        complain(node, "an id is a string from 1 to 508 bytes long");
    }
}

void TableReader::take_key(const toml::node& node) {
    const auto octets = decode_base64(node.value<std::string_view>().value_or("?"));
    if (!octets) return complain(node, "the key is no base64");
    key_.key = *octets;
}

void TableReader::take_algorithm(const toml::node& node) {
    const auto found = node.value<std::string_view>().value_or("");
    for (std::size_t index = 0; index < algorithm_names.size(); ++index) {
        if (algorithm_names[index] != found) continue;
        key_.algorithm = static_cast<TokenAlgorithm>(index);
        return;
    }
    complain(node, R"(algorithm is "A256GCM" or "A128GCM")");
}

std::optional<std::chrono::sys_seconds> TableReader::time(std::string_view name,
                                                          const toml::node& node) {
    const auto when = node.value<toml::date_time>();
    if (when && when->offset) return moment_of(*when);
    complain(node, fmt::format("{} is a time with an offset, as in 2027-01-01T00:00:00Z", name));
    return std::nullopt;
}

}  // namespace

std::optional<AccessTokenKey> read_access_token_key(const toml::table& table, const Option& option,
                                                    Complaints& complaints) {
    return TableReader{table, option, complaints}.read();
}

std::string to_toml(const AccessTokenKey& key, std::string_view octets) {
    std::string out = fmt::format("{{ id = {}, key = {}, algorithm = \"{}\"", quoted(key.id),
                                  octets, algorithm_names[static_cast<std::size_t>(key.algorithm)]);
    const auto add = [&out](std::string_view name, const auto& when) {
        if (when) out += fmt::format(", {} = {:%Y-%m-%dT%H:%M:%SZ}", name, fmt::gmtime(*when));
    };
    add("not_before", key.not_before);
    add("not_after", key.not_after);
    return out + " }";
}

std::optional<std::string> decode_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string octets;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char character : text) {
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const auto value = alphabet.find(character);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        octets += static_cast<char>((bits >> count) & 0xFFU);
    }
    return octets;
}

std::string encode_base64(std::string_view octets) {
    std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');  // and the NUL that OpenSSL adds
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                       reinterpret_cast<const unsigned char*>(octets.data()),
                                       static_cast<int>(octets.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace turnpike::config
