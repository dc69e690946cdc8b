// SPDX-License-Identifier: BSD-3-Clause
//
// An option is one row: its key, where its value lives in a Config, bounds, default and help. The
// loader, `options`, `sample-config` and `check-config` read the rows; nothing else knows a key.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "server/config/config.hpp"
#include "server/config/value.hpp"

namespace turnpike::config {

struct Option {
    std::string_view key;       // dotted
    std::string_view fallback;  // the default, as TOML
    std::string_view help;      // one sentence, no full stop
    // Of a number or a number of seconds; of a text, its length in bytes.
    std::int64_t min = 0;
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    // Of a Kind::word, in the order of its enum; of a Kind::area_levels, the areas.
    std::span<const std::string_view> words{};
    std::string_view example{};  // where the default says little
    bool needs_restart = false;
    bool is_secret = false;  // never shown, never taken from the command line
    bool is_url = false;     // ... or of a secret one only its password

    // Filled in by at<>().
    Kind kind = Kind::text;
    void (*store)(Config& config, const Value& value) = nullptr;
};

// Every option, sections together, in the order of the sample file.
[[nodiscard]] std::span<const Option> options() noexcept;

// None where no option has this key.
[[nodiscard]] const Option* find_option(std::string_view key) noexcept;

// "listen" for "listen.udp", nothing for "realm".
[[nodiscard]] std::string_view section_of(std::string_view key) noexcept;
// "udp" for "listen.udp".
[[nodiscard]] std::string_view name_of(std::string_view key) noexcept;

// The environment variable that sets an option: TURNPIKE_LISTEN_UDP.
[[nodiscard]] std::string environment_name(std::string_view key);

// The kind of option that fills a member of this type.
template <typename Member>
[[nodiscard]] consteval Kind kind_of() {
    if constexpr (std::is_same_v<Member, bool>)
        return Kind::boolean;
    else if constexpr (std::is_enum_v<Member>)
        return Kind::word;
    else if constexpr (std::is_integral_v<Member>)
        return Kind::integer;
    else if constexpr (std::is_same_v<Member, std::chrono::seconds>)
        return Kind::seconds;
    else if constexpr (std::is_same_v<Member, std::vector<std::chrono::seconds>>)
        return Kind::times;
    else if constexpr (std::is_same_v<Member, std::string>)
        return Kind::text;
    else if constexpr (std::is_same_v<Member, std::vector<std::string>>)
        return Kind::texts;
    else if constexpr (std::is_same_v<Member, std::vector<protocol::Endpoint>>)
        return Kind::endpoints;
    else if constexpr (std::is_same_v<Member, std::vector<protocol::IpAddress>>)
        return Kind::addresses;
    else if constexpr (std::is_same_v<Member, std::vector<protocol::Subnet>>)
        return Kind::subnets;
    else if constexpr (std::is_same_v<Member, PortRange>)
        return Kind::ports;
    else if constexpr (std::is_same_v<Member, std::vector<ExternalAddress>>)
        return Kind::external_addresses;
    else if constexpr (std::is_same_v<Member, std::vector<Secret>>)
        return Kind::secrets;
    else if constexpr (std::is_same_v<Member, std::vector<User>>)
        return Kind::users;
    else if constexpr (std::is_same_v<Member, std::vector<AccessTokenKey>>)
        return Kind::access_token_keys;
    else if constexpr (std::is_same_v<Member, std::vector<CertificatePair>>)
        return Kind::certificates;
    else if constexpr (std::is_same_v<Member, std::vector<AreaLevel>>)
        return Kind::area_levels;
    else
        return static_cast<Kind>(std::is_same_v<Member, std::vector<AlternateServer>>
                                     ? Kind::alternate_servers
                                     : throw "no kind of option fills this member");
}

// Puts a value of the right kind where the members lead: store<&Config::limits, &Limits::bytes>.
template <auto... Members>
void store(Config& config, const Value& value) {
    auto& member = (config.*....*Members);
    using Member = std::remove_reference_t<decltype(member)>;
    constexpr Kind kind = kind_of<Member>();
    const auto& given = std::get<static_cast<std::size_t>(kind)>(value);
    if constexpr (kind == Kind::word) {
        member = static_cast<Member>(given.index);
    } else if constexpr (kind == Kind::integer) {
        member = static_cast<Member>(given);
    } else {
        member = given;
    }
}

// The row of the option that fills the member.
template <auto... Members>
[[nodiscard]] consteval Option at(Option row) {
    using Member = std::remove_reference_t<decltype((std::declval<Config&>().*....*Members))>;
    row.kind = kind_of<Member>();
    row.store = &store<Members...>;
    return row;
}

}  // namespace turnpike::config
