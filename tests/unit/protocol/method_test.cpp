// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/method.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

using enum MessageClass;

static_assert(encode_type(request, Method::binding) == 0x0001);
static_assert(encode_type(success, Method::binding) == 0x0101);
static_assert(encode_type(error, Method::binding) == 0x0111);
static_assert(encode_type(indication, Method::binding) == 0x0011);
static_assert(encode_type(error, Method::allocate) == 0x0113);
static_assert(encode_type(indication, Method::send) == 0x0016);
static_assert(encode_type(indication, Method::data) == 0x0017);
static_assert(encode_type(success, Method::channel_bind) == 0x0109);
static_assert(encode_type(indication, Method::connection_attempt) == 0x001C);
static_assert(encode_type(request, Method::goog_ping) == 0x0200);
static_assert(encode_type(success, Method::goog_ping) == 0x0300);
static_assert(encode_type(error, Method::goog_ping) == 0x0310);
static_assert(find_rule(Method::refresh)->name == "Refresh");
static_assert(find_rule(Method{0x005}) == nullptr);
static_assert(find_rule(Method{0xFFF}) == nullptr);

TEST_CASE("class and method survive the type of every message", "[A3][X26][rfc8489-5]") {
    for (unsigned number = 0; number <= 0xFFF; ++number) {
        for (const MessageClass message_class : {request, indication, success, error}) {
            const std::uint16_t type =
                encode_type(message_class, Method{static_cast<std::uint16_t>(number)});
            CAPTURE(number, type);
            REQUIRE(type <= 0x3FFF);
            REQUIRE(class_of(type) == message_class);
            REQUIRE(static_cast<unsigned>(method_of(type)) == number);
        }
    }
}

TEST_CASE("every type has a class and a method and is made of them", "[A3][X26]") {
    for (unsigned type = 0; type <= 0x3FFF; ++type) {
        const auto wire = static_cast<std::uint16_t>(type);
        REQUIRE(encode_type(class_of(wire), method_of(wire)) == wire);
    }
}

TEST_CASE("a method has requests or indications as its RFC says", "[A11][rfc8656-17]") {
    CHECK(find_rule(Method::binding)->has_indication);
    CHECK_FALSE(find_rule(Method::allocate)->has_indication);
    CHECK_FALSE(find_rule(Method::send)->has_request);
    CHECK_FALSE(find_rule(Method::data)->has_request);
    CHECK_FALSE(find_rule(Method::connection_attempt)->has_request);
    for (const MethodRule& rule : method_rules) CHECK((rule.has_request || rule.has_indication));
}

}  // namespace
}  // namespace turnpike::protocol
