// SPDX-License-Identifier: BSD-3-Clause
//
// The description of this interface for programs: packaging/openapi.json, built in. Constant.
#pragma once

#include <string_view>

namespace turnpike::admin {

[[nodiscard]] std::string_view openapi() noexcept;

}  // namespace turnpike::admin
