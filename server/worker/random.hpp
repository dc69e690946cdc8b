// SPDX-License-Identifier: BSD-3-Clause
//
// Numbers that nobody can guess, from OpenSSL's generator: ports, tokens, ids, seeds.
#pragma once

#include <cstdint>

#include "protocol/bytes.hpp"

namespace turnpike::worker {

// Ends the process where the generator fails: nothing safe can be done without it.
void fill_random(protocol::MutableBytes octets) noexcept;
[[nodiscard]] std::uint64_t random_number() noexcept;

}  // namespace turnpike::worker
