// SPDX-License-Identifier: BSD-3-Clause
//
// What the admin interface is told by the configuration: a value that does not change; a reload
// makes another one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/config/config.hpp"

namespace turnpike::admin {

struct Settings {
    std::string token;  // empty: nobody has one
    std::vector<std::string> cors_origins;
    std::uint32_t requests_per_second = 100;
    std::uint32_t mints_per_minute = 60;
    std::string realm;  // as keys are derived from it (OpaqueString)
    std::vector<std::string>
        secrets;  // what mints: the first; what mint keys are checked with: all
    std::vector<std::string> stun_urls;
    std::vector<std::string> turn_urls;
};

// Why there is no token, and what to do.
struct BadToken {
    std::string what;
};
// The token that requests must bear: admin.token, or the content of admin.token_file without the
// white space around it. Refused where others than the owner and its group may read the file, or
// where it holds nothing.
[[nodiscard]] protocol::Result<std::string, BadToken> read_token(const config::Admin& admin);

// `advertised`: the addresses that relays are opened on, as clients see them.
[[nodiscard]] Settings make_settings(const config::Config& config, std::string token,
                                     const std::vector<protocol::IpAddress>& advertised);

}  // namespace turnpike::admin
