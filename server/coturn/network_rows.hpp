// SPDX-License-Identifier: BSD-3-Clause
//
// The rows about addresses, ports, transports, TLS and STUN itself.
#pragma once

#include <array>

#include "server/coturn/row.hpp"

namespace turnpike::coturn {

inline constexpr std::string_view no_weak_tls =
    "TLS and DTLS speak nothing older than 1.2, with forward secrecy and AEAD alone";

inline constexpr std::array network_rows{
    Row{"listening-device", Argument::value, Area::no_equal,
        "sockets are bound to addresses, not to devices: name those of the device in "
        "listening-ip, or in listen.udp and listen.tcp",
        'd'},
    Row{"listening-port", Argument::value, Area::listeners, {}, 'p'},
    Row{"tls-listening-port", Argument::value, Area::listeners},
    Row{"alt-listening-port", Argument::value, Area::listeners},
    Row{"alt-tls-listening-port", Argument::value, Area::no_equal,
        "NAT behaviour discovery (RFC 5780) is served over UDP, on discovery.ports"},
    Row{"tcp-proxy-port", Argument::value, Area::listeners},
    Row{"listening-ip", Argument::value, Area::listeners, {}, 'L', true},
    Row{"aux-server", Argument::value, Area::listeners, {}, '\0', true},
    Row{"no-udp", Argument::flag, Area::listeners},
    Row{"no-tcp", Argument::flag, Area::listeners},
    Row{"no-tls", Argument::flag, Area::listeners},
    Row{"no-dtls", Argument::flag, Area::listeners},
    Row{"cert", Argument::value, Area::listeners},
    Row{"pkey", Argument::value, Area::listeners},
    Row{"no-rfc5780", Argument::flag, Area::listeners},
    Row{"rfc5780", Argument::flag, Area::listeners},
    Row{"relay-device", Argument::value, Area::no_equal,
        "sockets are bound to addresses, not to devices: name those of the device in "
        "relay.addresses",
        'i'},
    Row{"relay-ip", Argument::value, Area::relays, {}, 'E', true},
    Row{"external-ip", Argument::value, Area::relays, {}, 'X', true},
    Row{"min-port", Argument::value, Area::relays},
    Row{"max-port", Argument::value, Area::relays},
    Row{"no-tcp-relay", Argument::flag, Area::relays},
    Row{"mobility", Argument::flag, Area::relays},
    Row{"allocation-default-address-family", Argument::value, Area::relays, {}, 'A'},
    Row{"keep-address-family", Argument::flag, Area::relays, {}, 'K'},
    Row{"no-udp-relay", Argument::flag, Area::no_equal,
        "relays over UDP are always there; who may have any is said by [limits] and the database"},
    Row{"server-relay", Argument::flag, Area::no_equal,
        "what a peer sends is relayed only with a permission (RFC 8656 section 9); put a server "
        "that anybody may reach beside the relay, not behind it"},
    Row{"pkey-pwd", Argument::value, Area::no_equal,
        "the key is read without a passphrase: `openssl pkey -in OLD -out NEW`, readable by the "
        "server's user alone, and listen.private_key = NEW",
        '\0', false, true},
    Row{"cipher-list", Argument::value, Area::no_equal, no_weak_tls},
    Row{"ec-curve-name", Argument::value, Area::no_equal,
        "the curves of OpenSSL's default are offered; remove it"},
    Row{"dh-file", Argument::value, Area::no_equal,
        "keys are agreed on over elliptic curves; remove it"},
    Row{"dh566", Argument::flag, Area::no_equal,
        "keys are agreed on over elliptic curves; remove it"},
    Row{"dh1066", Argument::flag, Area::no_equal,
        "keys are agreed on over elliptic curves; remove it"},
    Row{"dh2066", Argument::flag, Area::nothing, "not read by coturn since 4.5.2"},
    Row{"CA-file", Argument::value, Area::no_equal,
        "clients are not asked for certificates, so who was kept out by this gets in with a login: "
        "keep them out with a firewall, or in front of the server"},
    Row{"no-sslv2", Argument::flag, Area::always, no_weak_tls},
    Row{"no-sslv3", Argument::flag, Area::always, no_weak_tls},
    Row{"no-tlsv1", Argument::flag, Area::always, no_weak_tls},
    Row{"no-tlsv1_1", Argument::flag, Area::always, no_weak_tls},
    Row{"no-tlsv1_2", Argument::flag, Area::no_equal,
        "TLS 1.2 stays allowed beside 1.3; so does DTLS 1.2, the only one that there is"},
    Row{"tlsv1", Argument::flag, Area::no_equal, no_weak_tls},
    Row{"tlsv1_1", Argument::flag, Area::no_equal, no_weak_tls},
    Row{"raw-public-keys", Argument::flag, Area::no_equal,
        "TLS with certificates alone, as browsers speak it"},
    Row{"stun-only", Argument::flag, Area::no_equal,
        "whoever has a login gets a relay: leave users, secrets and the database empty, so that "
        "nobody has one",
        'S'},
    Row{"no-stun", Argument::flag, Area::no_equal,
        "Binding requests are answered, at most limits.unauthenticated_per_second of them"},
    Row{"secure-stun", Argument::flag, Area::no_equal,
        "Binding requests are answered without a login, at most "
        "limits.unauthenticated_per_second of them"},
    Row{"no-stun-backward-compatibility", Argument::flag, Area::always,
        "requests of RFC 3489 are answered only with server.rfc3489 = true"},
    Row{"stun-backward-compatibility", Argument::flag, Area::operation},
    Row{"response-origin-only-with-rfc5780", Argument::flag, Area::always,
        "RESPONSE-ORIGIN is sent only where discovery.addresses are set"},
    Row{"fingerprint", Argument::flag, Area::always,
        "every answer to a request with FINGERPRINT has one, whatever is configured", 'f'},
    Row{"check-origin-consistency", Argument::flag, Area::no_equal,
        "ORIGIN is not looked at; one realm is served"},
    Row{"udp-self-balance", Argument::flag, Area::no_equal,
        "not needed: each worker has a socket of its own on every listener"},
    Row{"ne", Argument::value, Area::no_equal, "there is one network engine; remove it"},
    Row{"respond-http-unsupported", Argument::flag, Area::no_equal,
        "HTTP on a port of TURN is closed without an answer"},
    Row{"acme-redirect", Argument::value, Area::no_equal,
        "no HTTP on the ports of TURN: let the ACME client use port 80 itself, or DNS-01"},
};

}  // namespace turnpike::coturn
