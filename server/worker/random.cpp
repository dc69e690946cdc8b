// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <cstring>

namespace turnpike::worker {

void fill_random(protocol::MutableBytes octets) noexcept {
    auto* target = reinterpret_cast<unsigned char*>(octets.data());
    if (RAND_bytes(target, static_cast<int>(octets.size())) != 1) std::abort();
}

std::uint64_t random_number() noexcept {
    std::array<std::byte, sizeof(std::uint64_t)> octets;
    fill_random(octets);
    std::uint64_t number = 0;
    std::memcpy(&number, octets.data(), octets.size());
    return number;
}

}  // namespace turnpike::worker
