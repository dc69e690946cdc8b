// SPDX-License-Identifier: BSD-3-Clause
//
// The URL of a database, or the keywords that libpq takes in its place, for the eyes of an
// operator: with its passwords replaced. It is read as libpq reads it, and where in doubt more is
// hidden.
#pragma once

#include <string>
#include <string_view>

namespace turnpike::config {

[[nodiscard]] std::string masked_url(std::string_view text);

}  // namespace turnpike::config
