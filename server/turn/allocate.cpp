// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/allocate.hpp"

#include "protocol/attributes.hpp"

namespace turnpike::turn {
namespace {

using protocol::AttributeType;
using protocol::ErrorCode;
using protocol::Family;
using protocol::Message;
using protocol::Transport;

template <typename T = void>
using Checked = protocol::Result<T, ErrorCode>;

bool served(Family family, const Settings& settings) {
    return family == Family::ipv4 ? settings.relays_ipv4 : settings.relays_ipv6;
}

// RFC 6062 section 5.1. Nothing that speaks of datagrams, or of a port beside this one, goes with
// TCP.
Checked<> check_tcp(const Message& message, const Settings& settings, Transport client) {
    if (!protocol::is_stream(client)) return ErrorCode::bad_request;
    if (!settings.relays_tcp) return ErrorCode::forbidden;
    if (message.has(AttributeType::dont_fragment) || message.has(AttributeType::even_port) ||
        message.has(AttributeType::reservation_token)) {
        return ErrorCode::bad_request;
    }
    return {};
}

// Step 3: how the allocation speaks to peers.
Checked<Transport> plan_transport(const Message& message, const Settings& settings,
                                  Transport client) {
    const auto transport = protocol::requested_transport(message);
    if (!transport) return ErrorCode::bad_request;
    if (*transport == protocol::protocol_udp) return Transport::udp;
    if (*transport != protocol::protocol_tcp) return ErrorCode::unsupported_transport_protocol;
    if (const auto checked = check_tcp(message, settings, client); !checked) return checked.error();
    return Transport::tcp;
}

// Step 5. The reserved address decides family and port, so nothing else may.
Checked<OpenRelay> plan_reserved(const Message& message) {
    const auto token = protocol::reservation_token(message);
    if (!token || message.has(AttributeType::even_port) ||
        message.has(AttributeType::requested_address_family) ||
        message.has(AttributeType::additional_address_family)) {
        return ErrorCode::bad_request;
    }
    OpenRelay wish;
    wish.reservation = *token;
    return wish;
}

// Steps 6 and 7: one family, IPv4 where none is named.
Checked<OpenRelay> plan_one(const Message& message, const Settings& settings) {
    const auto requested = protocol::requested_address_family(message);
    if (requested.is_malformed()) return ErrorCode::bad_request;
    const auto family = requested ? static_cast<Family>(*requested) : Family::ipv4;
    if (family != Family::ipv4 && family != Family::ipv6) {
        return ErrorCode::address_family_not_supported;
    }
    if (!served(family, settings)) return ErrorCode::address_family_not_supported;
    OpenRelay wish;
    wish.families[index_of(family)] = true;
    return wish;
}

// Steps 6, 8 and 9: both families, either of which may be missing.
Checked<OpenRelay> plan_both(const Message& message, const Settings& settings) {
    const auto additional = protocol::additional_address_family(message);
    const auto even = protocol::even_port(message);
    if (!additional || message.has(AttributeType::requested_address_family) ||
        (even && even->reserve_next) || static_cast<Family>(*additional) == Family::ipv4) {
        return ErrorCode::bad_request;
    }
    if (static_cast<Family>(*additional) != Family::ipv6) {
        return ErrorCode::address_family_not_supported;
    }
    if (!settings.relays_ipv4 && !settings.relays_ipv6) return ErrorCode::insufficient_capacity;
    OpenRelay wish;
    wish.families = {settings.relays_ipv4, settings.relays_ipv6};
    wish.additional = true;
    return wish;
}

Checked<OpenRelay> plan(const Message& message, const Settings& settings) {
    if (message.has(AttributeType::reservation_token)) return plan_reserved(message);
    if (message.has(AttributeType::additional_address_family)) return plan_both(message, settings);
    return plan_one(message, settings);
}

}  // namespace

// Step 4 needs no code: DF can be set here, so DONT-FRAGMENT is understood.
protocol::Result<OpenRelay, ErrorCode> plan_relay(const Message& message, const Settings& settings,
                                                  Transport client) {
    const auto transport = plan_transport(message, settings, client);
    if (!transport) return transport.error();
    const auto even = protocol::even_port(message);
    if (even.is_malformed() || protocol::lifetime(message).is_malformed()) {
        return ErrorCode::bad_request;
    }
    auto wish = plan(message, settings);
    if (wish) wish->transport = *transport;
    if (wish && even) {
        wish->even = true;
        wish->reserve_next = even->reserve_next;
    }
    return wish;
}

std::optional<ErrorCode> reason_without(Family family, const OpenRelay& wish,
                                        const OpenedRelay& opened) {
    const std::size_t index = index_of(family);
    if (!wish.additional || opened.relayed[index]) return std::nullopt;
    if (!wish.families[index]) return ErrorCode::address_family_not_supported;
    return opened.family_error[index].value_or(ErrorCode::insufficient_capacity);
}

}  // namespace turnpike::turn
