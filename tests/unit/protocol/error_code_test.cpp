// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/error_code.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

// RFC 8489 section 14.8: a number from 300 to 699, a reason of less than 128 characters; ours are
// ASCII, so that octets are characters.
static_assert(std::ranges::all_of(error_rules, [](const ErrorRule& rule) {
    const auto number = static_cast<unsigned>(rule.code);
    return number >= 300 && number <= 699 && rule.reason.size() < 128 &&
           std::ranges::all_of(rule.reason, [](char c) { return c >= ' ' && c <= '~'; });
}));

TEST_CASE("every error has one row", "[A25][rfc8489-14.8]") {
    for (const ErrorRule& rule : error_rules) CHECK(find_rule(rule.code) == &rule);
    CHECK(reason_of(ErrorCode::stale_nonce) == "Stale Nonce");
    CHECK(find_rule(ErrorCode{404}) == nullptr);
    CHECK(reason_of(ErrorCode{404}).empty());
}

TEST_CASE("the answer to strangers carries no text that would amplify", "[P1]") {
    CHECK(reason_of(ErrorCode::unauthenticated).empty());
}

}  // namespace
}  // namespace turnpike::protocol
