// SPDX-License-Identifier: BSD-3-Clause
//
// The manual page turnpike.toml(5), made of the table of options.
#pragma once

#include <string>
#include <string_view>

namespace turnpike::config {

[[nodiscard]] std::string manual_page(std::string_view version, std::string_view date);

}  // namespace turnpike::config
