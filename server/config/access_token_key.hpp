// SPDX-License-Identifier: BSD-3-Clause
//
// One key of auth.access_tokens between its table in the file and its value: the octets stand there
// in base64, the times as TOML's dates with an offset.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/config/config.hpp"
#include "server/config/option.hpp"
#include "server/config/read_value.hpp"
#include "server/config/toml.hpp"

namespace turnpike::config {

// None where anything in the table is wrong; each such thing was complained about.
[[nodiscard]] std::optional<AccessTokenKey> read_access_token_key(const toml::table& table,
                                                                  const Option& option,
                                                                  Complaints& complaints);

// The table again; `key` is what stands for the octets, quotes included.
[[nodiscard]] std::string to_toml(const AccessTokenKey& key, std::string_view octets);

// RFC 4648 section 4, with or without padding at the end.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
[[nodiscard]] std::string encode_base64(std::string_view octets);

}  // namespace turnpike::config
