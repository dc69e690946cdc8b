// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/allocation_owner.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

static_assert(owner_of(name_allocation(0, 1)) == 0);
static_assert(owner_of(name_allocation(65535, 1)) == 65535);
static_assert(name_allocation(1, 7) != name_allocation(2, 7));
static_assert(name_allocation(1, 7) != name_allocation(1, 8));

TEST_CASE("an allocation's name tells its worker, however many there were", "[N3]") {
    CHECK(owner_of(name_allocation(3, (std::uint64_t{1} << owner_shift) - 1)) == 3);
}

TEST_CASE("a relay socket's name tells its allocation and its family") {
    for (const auto family : {protocol::Family::ipv4, protocol::Family::ipv6}) {
        const RelayName name{name_allocation(255, (std::uint64_t{1} << owner_shift) - 1), family};
        CHECK(RelayName::unpack(name.packed()).allocation == name.allocation);
        CHECK(RelayName::unpack(name.packed()).family == family);
    }
}

}  // namespace
}  // namespace turnpike::worker
