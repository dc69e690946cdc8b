// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/descriptor.hpp"

#include <fcntl.h>

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) != -1;
}

TEST_CASE("a descriptor is closed once, by its last owner") {
    int number = -1;
    {
        Descriptor first{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        REQUIRE(first);
        number = first.get();
        const Descriptor second{std::move(first)};
        CHECK_FALSE(first);
        CHECK(second.get() == number);
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("assignment takes over, and nothing that was never opened is closed") {
    Descriptor kept;
    CHECK_FALSE(kept);
    kept = Descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    CHECK(is_open(kept.get()));
}

}  // namespace
}  // namespace turnpike::xdp
