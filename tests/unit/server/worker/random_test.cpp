// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/random.hpp"

#include <array>
#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

TEST_CASE("numbers do not repeat and use all of their bits", "[D28]") {
    std::set<std::uint64_t> seen;
    std::uint64_t ones = 0;
    std::uint64_t zeros = 0;
    for (int index = 0; index < 1000; ++index) {
        const std::uint64_t number = random_number();
        seen.insert(number);
        ones |= number;
        zeros |= ~number;
    }
    CHECK(seen.size() == 1000);
    CHECK(ones == ~std::uint64_t{0});
    CHECK(zeros == ~std::uint64_t{0});
}

TEST_CASE("a buffer is filled to its end") {
    std::array<std::byte, 64> octets{};
    fill_random(octets);
    const std::set<std::byte> last_half(octets.begin() + 32, octets.end());
    CHECK(last_half.size() > 1);
}

}  // namespace
}  // namespace turnpike::worker
