// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/bytes.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::protocol {
namespace {

TEST_CASE("text and octets are two views of the same memory") {
    const auto octets = test::hex("616200ff");
    const std::string_view text = as_text(octets);
    CHECK(text == std::string_view{"ab\0\xFF", 4});
    CHECK(as_octets(text).data() == octets.data());
    CHECK(as_octets(text).size() == 4);
    CHECK(as_text({}).empty());
    CHECK(as_octets({}).empty());
}

}  // namespace
}  // namespace turnpike::protocol
