// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/shared_array.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

SharedArray<int> one_page() {
    void* const memory =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    return SharedArray<int>{std::span{static_cast<int*>(memory), 1024}};
}

TEST_CASE("a mapping moves with its values, and what it was moved from has none") {
    SharedArray<int> first = one_page();
    first.values()[7] = 42;
    SharedArray<int> second{std::move(first)};
    CHECK(first.values().empty());
    CHECK(second.values()[7] == 42);
    first = std::move(second);
    CHECK(first.values().size() == 1024);
    CHECK(first.values()[7] == 42);
}

TEST_CASE("without a mapping there is nothing to see and nothing to undo") {
    const SharedArray<int> none;
    CHECK(none.values().empty());
}

}  // namespace
}  // namespace turnpike::xdp
