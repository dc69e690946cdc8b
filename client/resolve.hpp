// SPDX-License-Identifier: BSD-3-Clause
//
// The addresses behind a host's name, in the order in which the system would try them.
#pragma once

#include <string>
#include <vector>

#include "client/failure.hpp"
#include "protocol/address.hpp"
#include "protocol/result.hpp"

namespace turnpike::client {

// Each once, and at least one. Blocks for as long as the system's resolver does.
[[nodiscard]] protocol::Result<std::vector<protocol::Endpoint>, Failure> resolve(
    const std::string& host, std::uint16_t port);

}  // namespace turnpike::client
