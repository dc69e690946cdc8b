// SPDX-License-Identifier: BSD-3-Clause
//
// What a person should look at first when a step of a check has failed.
#pragma once

#include <chrono>
#include <string>

#include "client/client.hpp"
#include "client/failure.hpp"

namespace turnpike::client {

// Empty where nothing likely is known. `now` judges the expiry in a time-limited username.
[[nodiscard]] std::string likely_cause(const Failure& failure, const std::optional<Login>& login,
                                       std::chrono::system_clock::time_point now);

}  // namespace turnpike::client
