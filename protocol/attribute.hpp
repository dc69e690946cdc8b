// SPDX-License-Identifier: BSD-3-Clause
//
// What each STUN/TURN attribute may look like on the wire: one row, one attribute (IANA STUN
// Attributes). Parser, writer, fuzzer dictionary and logs read this table; nothing else knows
// sizes. Numbers that are reserved in the registry (RESPONSE-ADDRESS, BANDWIDTH, TIMER-VAL, ...)
// have no row: to today's server they are unknown.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace turnpike::protocol {

enum class AttributeType : std::uint16_t {
    mapped_address = 0x0001,
    change_request = 0x0003,
    username = 0x0006,
    message_integrity = 0x0008,
    error_code = 0x0009,
    unknown_attributes = 0x000A,
    channel_number = 0x000C,
    lifetime = 0x000D,
    xor_peer_address = 0x0012,
    data = 0x0013,
    realm = 0x0014,
    nonce = 0x0015,
    xor_relayed_address = 0x0016,
    requested_address_family = 0x0017,
    even_port = 0x0018,
    requested_transport = 0x0019,
    dont_fragment = 0x001A,
    access_token = 0x001B,
    message_integrity_sha256 = 0x001C,
    password_algorithm = 0x001D,
    userhash = 0x001E,
    xor_mapped_address = 0x0020,
    reservation_token = 0x0022,
    priority = 0x0024,
    use_candidate = 0x0025,
    padding = 0x0026,
    response_port = 0x0027,
    connection_id = 0x002A,
    additional_address_family = 0x8000,
    address_error_code = 0x8001,
    password_algorithms = 0x8002,
    alternate_domain = 0x8003,
    icmp = 0x8004,
    software = 0x8022,
    alternate_server = 0x8023,
    transaction_transmit_counter = 0x8025,
    cache_timeout = 0x8027,
    fingerprint = 0x8028,
    ice_controlled = 0x8029,
    ice_controlling = 0x802A,
    response_origin = 0x802B,
    other_address = 0x802C,
    ecn_check = 0x802D,
    third_party_authorization = 0x802E,
    mobility_ticket = 0x8030,
    cisco_stun_flowdata = 0xC000,
    enf_flow_description = 0xC001,
    enf_network_status = 0xC002,
    cisco_webex_flow_info = 0xC003,
    citrix_transaction_id = 0xC056,
    goog_network_info = 0xC057,
    goog_last_ice_check_received = 0xC058,
    goog_misc_info = 0xC059,
    goog_obsolete_1 = 0xC05A,
    goog_connection_id = 0xC05B,
    goog_delta = 0xC05C,
    goog_delta_ack = 0xC05D,
    goog_delta_sync_req = 0xC05E,
    goog_message_integrity_32 = 0xC060,
    meta_dtls_in_stun = 0xC070,
    meta_dtls_in_stun_ack = 0xC071,
};

// The number space says whether a receiver may ignore what it does not know (RFC 8489 section 14).
[[nodiscard]] constexpr bool comprehension_required(std::uint16_t type) noexcept {
    return type < 0x8000;
}

struct AttributeRule {
    AttributeType type;
    std::string_view name;
    std::uint16_t size_min;  // octets of the value, padding not counted
    std::uint16_t size_max;
};

inline constexpr std::array attribute_rules{
    AttributeRule{AttributeType::mapped_address, "MAPPED-ADDRESS", 8, 20},
    AttributeRule{AttributeType::change_request, "CHANGE-REQUEST", 4, 4},
    AttributeRule{AttributeType::username, "USERNAME", 0, 763},
    AttributeRule{AttributeType::message_integrity, "MESSAGE-INTEGRITY", 20, 20},
    AttributeRule{AttributeType::error_code, "ERROR-CODE", 4, 767},
    AttributeRule{AttributeType::unknown_attributes, "UNKNOWN-ATTRIBUTES", 0, 65535},
    AttributeRule{AttributeType::channel_number, "CHANNEL-NUMBER", 4, 4},
    AttributeRule{AttributeType::lifetime, "LIFETIME", 4, 4},
    AttributeRule{AttributeType::xor_peer_address, "XOR-PEER-ADDRESS", 8, 20},
    AttributeRule{AttributeType::data, "DATA", 0, 65535},
    AttributeRule{AttributeType::realm, "REALM", 0, 763},
    AttributeRule{AttributeType::nonce, "NONCE", 0, 763},
    AttributeRule{AttributeType::xor_relayed_address, "XOR-RELAYED-ADDRESS", 8, 20},
    AttributeRule{AttributeType::requested_address_family, "REQUESTED-ADDRESS-FAMILY", 4, 4},
    AttributeRule{AttributeType::even_port, "EVEN-PORT", 1, 1},
    AttributeRule{AttributeType::requested_transport, "REQUESTED-TRANSPORT", 4, 4},
    AttributeRule{AttributeType::dont_fragment, "DONT-FRAGMENT", 0, 0},
    AttributeRule{AttributeType::access_token, "ACCESS-TOKEN", 0, 65535},
    AttributeRule{AttributeType::message_integrity_sha256, "MESSAGE-INTEGRITY-SHA256", 16, 32},
    AttributeRule{AttributeType::password_algorithm, "PASSWORD-ALGORITHM", 4, 65535},
    AttributeRule{AttributeType::userhash, "USERHASH", 32, 32},
    AttributeRule{AttributeType::xor_mapped_address, "XOR-MAPPED-ADDRESS", 8, 20},
    AttributeRule{AttributeType::reservation_token, "RESERVATION-TOKEN", 8, 8},
    AttributeRule{AttributeType::priority, "PRIORITY", 4, 4},
    AttributeRule{AttributeType::use_candidate, "USE-CANDIDATE", 0, 0},
    AttributeRule{AttributeType::padding, "PADDING", 0, 65535},
    AttributeRule{AttributeType::response_port, "RESPONSE-PORT", 4, 4},
    AttributeRule{AttributeType::connection_id, "CONNECTION-ID", 4, 4},
    AttributeRule{AttributeType::additional_address_family, "ADDITIONAL-ADDRESS-FAMILY", 4, 4},
    AttributeRule{AttributeType::address_error_code, "ADDRESS-ERROR-CODE", 4, 767},
    AttributeRule{AttributeType::password_algorithms, "PASSWORD-ALGORITHMS", 4, 65535},
    AttributeRule{AttributeType::alternate_domain, "ALTERNATE-DOMAIN", 0, 255},
    AttributeRule{AttributeType::icmp, "ICMP", 8, 8},
    AttributeRule{AttributeType::software, "SOFTWARE", 0, 763},
    AttributeRule{AttributeType::alternate_server, "ALTERNATE-SERVER", 8, 20},
    AttributeRule{AttributeType::transaction_transmit_counter, "TRANSACTION-TRANSMIT-COUNTER", 4,
                  4},
    AttributeRule{AttributeType::cache_timeout, "CACHE-TIMEOUT", 4, 4},
    AttributeRule{AttributeType::fingerprint, "FINGERPRINT", 4, 4},
    AttributeRule{AttributeType::ice_controlled, "ICE-CONTROLLED", 8, 8},
    AttributeRule{AttributeType::ice_controlling, "ICE-CONTROLLING", 8, 8},
    AttributeRule{AttributeType::response_origin, "RESPONSE-ORIGIN", 8, 20},
    AttributeRule{AttributeType::other_address, "OTHER-ADDRESS", 8, 20},
    AttributeRule{AttributeType::ecn_check, "ECN-CHECK", 4, 4},
    AttributeRule{AttributeType::third_party_authorization, "THIRD-PARTY-AUTHORIZATION", 0, 65535},
    AttributeRule{AttributeType::mobility_ticket, "MOBILITY-TICKET", 0, 65535},
    AttributeRule{AttributeType::cisco_stun_flowdata, "CISCO-STUN-FLOWDATA", 0, 65535},
    AttributeRule{AttributeType::enf_flow_description, "ENF-FLOW-DESCRIPTION", 0, 65535},
    AttributeRule{AttributeType::enf_network_status, "ENF-NETWORK-STATUS", 0, 65535},
    AttributeRule{AttributeType::cisco_webex_flow_info, "CISCO-WEBEX-FLOW-INFO", 0, 65535},
    AttributeRule{AttributeType::citrix_transaction_id, "CITRIX-TRANSACTION-ID", 0, 65535},
    AttributeRule{AttributeType::goog_network_info, "GOOG-NETWORK-INFO", 0, 65535},
    AttributeRule{AttributeType::goog_last_ice_check_received, "GOOG-LAST-ICE-CHECK-RECEIVED", 0,
                  65535},
    AttributeRule{AttributeType::goog_misc_info, "GOOG-MISC-INFO", 0, 65535},
    AttributeRule{AttributeType::goog_obsolete_1, "GOOG-OBSOLETE-1", 0, 65535},
    AttributeRule{AttributeType::goog_connection_id, "GOOG-CONNECTION-ID", 0, 65535},
    AttributeRule{AttributeType::goog_delta, "GOOG-DELTA", 0, 65535},
    AttributeRule{AttributeType::goog_delta_ack, "GOOG-DELTA-ACK", 0, 65535},
    AttributeRule{AttributeType::goog_delta_sync_req, "GOOG-DELTA-SYNC-REQ", 0, 65535},
    AttributeRule{AttributeType::goog_message_integrity_32, "GOOG-MESSAGE-INTEGRITY-32", 4, 4},
    AttributeRule{AttributeType::meta_dtls_in_stun, "META-DTLS-IN-STUN", 0, 65535},
    AttributeRule{AttributeType::meta_dtls_in_stun_ack, "META-DTLS-IN-STUN-ACKNOWLEDGEMENT", 0,
                  65535},
};

// find_rule() searches by halves.
static_assert(std::ranges::is_sorted(attribute_rules, {}, &AttributeRule::type));

[[nodiscard]] constexpr const AttributeRule* find_rule(AttributeType type) noexcept {
    const auto* row = std::ranges::lower_bound(attribute_rules, type, {}, &AttributeRule::type);
    return row != attribute_rules.end() && row->type == type ? row : nullptr;
}

}  // namespace turnpike::protocol
