// SPDX-License-Identifier: BSD-3-Clause
//
// The value of one option, whatever its type: what a file, the environment or the command line
// gave, checked, on its way into a Config; and back into TOML for those who ask what is in force.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/subnet.hpp"
#include "server/config/config.hpp"

namespace turnpike::config {

// The order of the alternatives in Value.
enum class Kind : std::uint8_t {
    boolean,
    integer,
    seconds,
    times,  // several numbers of seconds
    text,
    word,  // one of a few
    texts,
    endpoints,
    addresses,
    subnets,
    ports,
    external_addresses,
    secrets,
    users,
    access_token_keys,
    certificates,
    alternate_servers,
    area_levels,
};

struct Word {
    std::size_t index = 0;  // in Option::words
    bool operator==(const Word&) const = default;
};

using Value =
    std::variant<bool, std::int64_t, std::chrono::seconds, std::vector<std::chrono::seconds>,
                 std::string, Word, std::vector<std::string>, std::vector<protocol::Endpoint>,
                 std::vector<protocol::IpAddress>, std::vector<protocol::Subnet>, PortRange,
                 std::vector<ExternalAddress>, std::vector<Secret>, std::vector<User>,
                 std::vector<AccessTokenKey>, std::vector<CertificatePair>,
                 std::vector<AlternateServer>, std::vector<AreaLevel>>;

struct Option;

// As TOML that reads back to the same value.
[[nodiscard]] std::string to_toml(const Option& option, const Value& value);

// The same with passwords and secrets replaced, for the eyes of an operator.
[[nodiscard]] std::string to_masked_toml(const Option& option, const Value& value);

// A TOML basic string: quoted and escaped.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace turnpike::config
