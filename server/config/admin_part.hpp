// SPDX-License-Identifier: BSD-3-Clause
//
// [admin] of a file that is no TOML, or is none any more: a mistake in one line makes nothing of
// the whole, and who has to reach the running server needs no other part. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "server/config/toml.hpp"

namespace turnpike::config {

// The content of [admin], with the lines that it has in the text; none where no part between two
// headers of sections is good and has one.
[[nodiscard]] std::optional<toml::table> find_admin_part(std::string_view text);

}  // namespace turnpike::config
