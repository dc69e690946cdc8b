// SPDX-License-Identifier: BSD-3-Clause
//
// How columns become records, and records parameters: by their places in storage/statements.cpp.
#pragma once

#include <cstddef>
#include <vector>

#include "storage/database.hpp"
#include "storage/records.hpp"

namespace turnpike::storage {

[[nodiscard]] User to_user(const Row& row, const std::string& realm);
// Nine columns after the id, from `first` on; none where the id is null.
[[nodiscard]] std::optional<Call> to_call(const Row& row, std::size_t first,
                                          const std::string& realm);
[[nodiscard]] Realm to_realm(const Row& row, std::size_t first);
[[nodiscard]] Secret to_secret(const Row& row);
[[nodiscard]] CallUsage to_call_usage(const Row& row);
[[nodiscard]] Usage to_usage(const Row& row);  // columns in the order of its members

[[nodiscard]] std::vector<Value> to_parameters(const Usage& usage);
[[nodiscard]] std::vector<Value> to_parameters(const Call& call);
[[nodiscard]] std::vector<Value> to_parameters(const Account& account);
[[nodiscard]] std::vector<Value> to_parameters(const Event& event);
// Two for each member, in their order: whether it changes, and to what.
[[nodiscard]] std::vector<Value> to_parameters(const CallAmendment& amendment);
[[nodiscard]] std::vector<Value> to_parameters(const AccountAmendment& amendment);

}  // namespace turnpike::storage
