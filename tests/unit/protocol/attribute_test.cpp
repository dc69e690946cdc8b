// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/attribute.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

static_assert(find_rule(AttributeType::lifetime)->size_max == 4);
static_assert(find_rule(AttributeType{0x7777}) == nullptr);
static_assert(comprehension_required(0x0000) && comprehension_required(0x7FFF));
static_assert(!comprehension_required(0x8000) && !comprehension_required(0xFFFF));
// RFC 8489 section 14.3: up to 763 octets are parsed.
static_assert(find_rule(AttributeType::username)->size_max == 763);

TEST_CASE("each attribute has one row, and its own name") {
    std::set<std::string_view> names;
    for (const AttributeRule& rule : attribute_rules) {
        CAPTURE(rule.name);
        CHECK(find_rule(rule.type) == &rule);
        CHECK(rule.size_min <= rule.size_max);
        CHECK(names.insert(rule.name).second);
    }
    CHECK(std::ranges::adjacent_find(attribute_rules, {}, &AttributeRule::type) ==
          attribute_rules.end());
}

TEST_CASE("what the registry reserves is unknown today", "[D36][X13]") {
    // BANDWIDTH, TIMER-VAL, what RFC 3489 had, and a number that an old server used by mistake.
    for (const unsigned type :
         {0x0000U, 0x0002U, 0x0004U, 0x0005U, 0x0007U, 0x000BU, 0x0010U, 0x0021U, 0x8032U}) {
        CAPTURE(type);
        CHECK(find_rule(AttributeType{static_cast<std::uint16_t>(type)}) == nullptr);
    }
}

}  // namespace
}  // namespace turnpike::protocol
