// SPDX-License-Identifier: BSD-3-Clause
//
// Rows of users, calls and usage as JSON: what the interface answers, and commands print. No row
// holds a password or a key.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "storage/records.hpp"

namespace turnpike::admin {

[[nodiscard]] boost::json::object to_json(const storage::Account& account);
[[nodiscard]] boost::json::object to_json(const storage::Call& call);
[[nodiscard]] boost::json::object to_json(const storage::CallUsage& usage);
// The call, with "usage": what its participants have used.
[[nodiscard]] boost::json::object to_json(const storage::Call& call,
                                          const std::vector<storage::CallUsage>& usage);

}  // namespace turnpike::admin
