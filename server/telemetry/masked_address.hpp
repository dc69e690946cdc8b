// SPDX-License-Identifier: BSD-3-Clause
//
// An address as a site logs it that must not keep who called: its network alone, a /24 or a /48,
// and no port. Pure.
#pragma once

#include <string>
#include <string_view>

namespace turnpike::telemetry {

// "203.0.113.x" of "203.0.113.5:3478", "2001:db8:1::x" of "[2001:db8:1::5]:3478". A word of letters
// ("away") holds no address and stays; whatever else is no address becomes "masked".
[[nodiscard]] std::string masked_address(std::string_view text);

}  // namespace turnpike::telemetry
