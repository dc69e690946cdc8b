// SPDX-License-Identifier: BSD-3-Clause
//
// Message classes and methods, and how both share the 14 bits of the message type (RFC 8489 section
// 5).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace turnpike::protocol {

enum class MessageClass : std::uint16_t {
    request = 0x0000,
    indication = 0x0010,
    success = 0x0100,
    error = 0x0110,
};

// IANA STUN Methods. Numbers 0x100-0xFFF are reserved for DTLS-SRTP demultiplexing (RFC 7983).
enum class Method : std::uint16_t {
    binding = 0x001,
    allocate = 0x003,
    refresh = 0x004,
    send = 0x006,
    data = 0x007,
    create_permission = 0x008,
    channel_bind = 0x009,
    connect = 0x00A,
    connection_bind = 0x00B,
    connection_attempt = 0x00C,
    goog_ping = 0x080,
};

struct MethodRule {
    Method method;
    std::string_view name;
    bool has_request;     // request, success and error responses are defined
    bool has_indication;  // an indication is defined
};

inline constexpr std::array method_rules{
    MethodRule{Method::binding, "Binding", true, true},
    MethodRule{Method::allocate, "Allocate", true, false},
    MethodRule{Method::refresh, "Refresh", true, false},
    MethodRule{Method::send, "Send", false, true},
    MethodRule{Method::data, "Data", false, true},
    MethodRule{Method::create_permission, "CreatePermission", true, false},
    MethodRule{Method::channel_bind, "ChannelBind", true, false},
    MethodRule{Method::connect, "Connect", true, false},
    MethodRule{Method::connection_bind, "ConnectionBind", true, false},
    MethodRule{Method::connection_attempt, "ConnectionAttempt", false, true},
    MethodRule{Method::goog_ping, "GOOG-PING", true, false},
};
static_assert(std::ranges::is_sorted(method_rules, {}, &MethodRule::method));

[[nodiscard]] constexpr const MethodRule* find_rule(Method method) noexcept {
    const auto* row = std::ranges::lower_bound(method_rules, method, {}, &MethodRule::method);
    return row != method_rules.end() && row->method == method ? row : nullptr;
}

//   0                   1
//   2  3  4 5 6 7 8 9 0 1 2 3 4 5
//  |M |M |M|M|M|C|M|M|M|C|M|M|M|M|      RFC 8489 figure 3
[[nodiscard]] constexpr std::uint16_t encode_type(MessageClass message_class,
                                                  Method method) noexcept {
    const auto number = static_cast<unsigned>(method);
    return static_cast<std::uint16_t>((number & 0x000FU) | ((number & 0x0070U) << 1U) |
                                      ((number & 0x0F80U) << 2U) |
                                      static_cast<unsigned>(message_class));
}
[[nodiscard]] constexpr MessageClass class_of(std::uint16_t type) noexcept {
    return static_cast<MessageClass>(type & 0x0110U);
}
[[nodiscard]] constexpr Method method_of(std::uint16_t type) noexcept {
    return static_cast<Method>((type & 0x000FU) | ((type & 0x00E0U) >> 1U) |
                               ((type & 0x3E00U) >> 2U));
}

}  // namespace turnpike::protocol
