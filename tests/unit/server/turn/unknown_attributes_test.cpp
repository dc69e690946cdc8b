// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/unknown_attributes.hpp"

#include <vector>

#include "tests/support/turn_client.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

Octets request_with(const std::vector<std::uint16_t>& types) {
    Octets room(8192);
    MessageBuilder builder{room, MessageClass::request, Method::binding, {}};
    for (const std::uint16_t type : types) builder.flag(static_cast<AttributeType>(type));
    const auto written = builder.finish();
    return {written.begin(), written.end()};
}

// The list as an answer carries it.
std::vector<int> listed(const Octets& datagram) {
    Octets room(1500);
    const protocol::Message message = *protocol::Message::decode(datagram);
    MessageBuilder builder{room, MessageClass::error, Method::binding, {}};
    write_unknown_attributes(builder, message);
    const auto written = builder.finish();
    const protocol::Message answer = *protocol::Message::decode(written);
    std::vector<int> numbers;
    const auto list = answer.find(AttributeType::unknown_attributes);
    for (const std::byte octet : list->value) {
        numbers.push_back(std::to_integer<int>(octet));
    }
    return numbers;
}

bool understood(const Octets& datagram) {
    return understands(*protocol::Message::decode(datagram));
}

TEST_CASE("what may be ignored is understood", "[A17][D35][R9][X13]") {
    CHECK(understood(request_with({})));
    CHECK(understood(request_with({0x8000, 0x8030, 0x802F, 0x8032, 0xFFFF})));
    CHECK(understood(request_with({0x0024, 0x0025, 0x000C})));
}

TEST_CASE("every attribute that must be understood and is not is listed", "[A14][A15][D36]") {
    const Octets datagram = request_with({0x0010, 0x8022, 0x0021, 0x0025, 0x7FFF});
    CHECK_FALSE(understood(datagram));
    CHECK(listed(datagram) == std::vector<int>{0x00, 0x10, 0x00, 0x21, 0x7F, 0xFF});
}

TEST_CASE("extensions that are not served count as unknown", "[B51][O1][O4][O5][O8][X24]") {
    for (const auto type : std::initializer_list<std::uint16_t>{0x0003, 0x001B, 0x0026, 0x0027}) {
        CHECK_FALSE(understood(request_with({type})));
        CHECK(listed(request_with({type})) == std::vector<int>{0x00, static_cast<int>(type)});
    }
}

TEST_CASE("attributes of discovery are known where they are served, one by one", "[O1][O4][O5]") {
    const auto understood_with = [](std::uint16_t type, ServedAttributes served) {
        const Octets datagram = request_with({type});
        return understands(*protocol::Message::decode(datagram), served);
    };
    CHECK(understood_with(0x0003, {.change_request = true}));
    CHECK(understood_with(0x0026, {.padding = true}));
    CHECK(understood_with(0x0027, {.response_port = true}));
    CHECK_FALSE(understood_with(0x0003, {.padding = true, .response_port = true}));
    CHECK_FALSE(understood_with(0x0026, {.change_request = true}));
    CHECK_FALSE(understood_with(0x0027, {.change_request = true}));
    CHECK_FALSE(understood_with(0x001B, {true, true, true}));
}

TEST_CASE("the list ends where an answer is full", "[A15][P1]") {
    CHECK(listed(request_with(std::vector<std::uint16_t>(2000, 0x7ABC))).size() == 1024);
}

}  // namespace
}  // namespace turnpike::turn
