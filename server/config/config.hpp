// SPDX-License-Identifier: BSD-3-Clause
//
// The configuration as one immutable value. Who needs a part of it gets that part in its
// constructor; a reload makes a new Config and changes none. Every member is set from the row of
// the same name in options.cpp, which also holds its default, its bounds and what it means.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/subnet.hpp"

namespace turnpike::config {

enum class Expired : std::uint8_t { keep, end };
enum class Channels : std::uint8_t { rfc5766, rfc8656 };
enum class Dscp : std::uint8_t { copy, best_effort };
enum class PacketIo : std::uint8_t { automatic, plain, mmsg, offload };
enum class Acceleration : std::uint8_t { automatic, off, xdp, tc };
enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct PortRange {
    std::uint16_t min = 0;
    std::uint16_t max = 0;  // inclusive

    [[nodiscard]] constexpr bool contains(std::uint16_t port) const noexcept {
        return port >= min && port <= max;
    }
    bool operator==(const PortRange&) const = default;
};

// 1:1 NAT: peers and clients see `external` where this host binds `relay`.
struct ExternalAddress {
    protocol::IpAddress relay;
    protocol::IpAddress external;
    bool operator==(const ExternalAddress&) const = default;
};

struct Secret {
    std::string secret;
    std::optional<Expired> expired;  // none: as Auth::expired says
    bool operator==(const Secret&) const = default;
};

enum class TokenAlgorithm : std::uint8_t { a128gcm, a256gcm };

// A key that an authorization server shares with us (RFC 7635).
struct AccessTokenKey {
    std::string id;
    std::string key;  // octets
    TokenAlgorithm algorithm = TokenAlgorithm::a256gcm;
    std::optional<std::chrono::sys_seconds> not_before;
    std::optional<std::chrono::sys_seconds> not_after;
    bool operator==(const AccessTokenKey&) const = default;
};

struct User {
    std::string name;
    std::string password;
    bool operator==(const User&) const = default;
};

// Two PEM files: the server's certificate and those above it, and its key.
struct CertificatePair {
    std::string certificate;
    std::string private_key;
    bool operator==(const CertificatePair&) const = default;
};

struct Listen {
    std::vector<protocol::Endpoint> udp;
    std::vector<protocol::Endpoint> tcp;
    std::vector<protocol::Endpoint> tls;
    std::vector<protocol::Endpoint> dtls;
    std::vector<protocol::Endpoint> automatic;  // listen.auto: plain and secured on one port
    std::string certificate;                    // with private_key: for clients that name no other
    std::string private_key;
    std::vector<CertificatePair> certificates;
    std::vector<protocol::Subnet> proxies;
    bool operator==(const Listen&) const = default;
};

struct Relay {
    std::vector<protocol::IpAddress> addresses;  // empty: those of the default routes
    std::vector<ExternalAddress> external;
    PortRange ports;
    Channels channels{};
    Dscp dscp{};
    Acceleration acceleration{};
    std::uint32_t kernel_channels = 0;
    std::vector<std::string> interfaces;
    std::string pins;
    bool mobility = false;  // RFC 8016
    bool tcp = false;       // RFC 6062
    bool operator==(const Relay&) const = default;
};

// NAT behaviour discovery (RFC 5780): all four pairs of an address and a port.
struct Discovery {
    std::vector<protocol::IpAddress> addresses;  // two, or none: not served
    PortRange ports;                             // two single ports, no range between them
    bool padding = false;
    bool response_port = false;
    bool operator==(const Discovery&) const = default;
};

struct Peers {
    std::vector<protocol::Subnet> allow;
    std::vector<protocol::Subnet> deny;
    bool operator==(const Peers&) const = default;
};

struct Auth {
    std::vector<Secret> secrets;
    Expired expired{};
    std::chrono::seconds nonce_lifetime{};
    bool password_algorithms = false;  // SHA-256 is offered beside MD5
    std::vector<AccessTokenKey> access_tokens;
    std::string access_token_server_name;  // empty: the realm
    std::chrono::seconds access_token_skew{};
    std::string secrets_file;  // empty: none; else `secrets` holds those of this file too
    bool operator==(const Auth&) const = default;
};

enum class RedirectMode : std::uint8_t { off, always, overload };

// Where clients are sent to (ALTERNATE-SERVER).
struct AlternateServer {
    protocol::Endpoint address;
    std::optional<protocol::Endpoint> tls_address;  // none: `address` serves TLS and DTLS too
    std::uint32_t weight = 1;
    std::string domain;  // in its certificate; empty: as in ours
    bool operator==(const AlternateServer&) const = default;
};

struct Redirect {
    RedirectMode mode{};
    std::vector<AlternateServer> servers;
    std::uint32_t allocations = 0;  // of RedirectMode::overload
    bool operator==(const Redirect&) const = default;
};

struct Limits {
    std::uint32_t allocations_per_user = 0;  // 0: no limit
    std::chrono::seconds session{};          // 0: no limit
    std::uint64_t bits_per_second = 0;       // 0: no limit
    std::uint64_t bytes = 0;                 // 0: no limit
    std::chrono::seconds ghost{};            // 0: never
    std::vector<std::chrono::seconds> call_warnings;
    std::chrono::seconds lifetime_max{};
    std::uint32_t permissions_per_allocation = 0;
    std::uint32_t channels_per_allocation = 0;
    std::uint32_t tcp_peers_per_allocation = 0;
    std::uint32_t tcp_connections = 0;
    std::uint32_t tcp_connections_per_address = 0;
    std::size_t tcp_buffer_bytes = 0;
    std::chrono::seconds tcp_idle{};
    std::chrono::seconds tls_handshake{};
    std::uint32_t tls_handshakes = 0;
    std::uint32_t dtls_associations = 0;
    std::uint32_t dtls_associations_per_address = 0;
    std::uint64_t unauthenticated_per_second = 0;         // 0: no limit
    std::uint64_t unauthenticated_per_prefix_second = 0;  // 0: no limit
    bool operator==(const Limits&) const = default;
};

// Whom a usage row survives that was written: the death of this process, or a power cut too.
enum class Durability : std::uint8_t { process, power };

struct Storage {
    std::string url;  // empty: none
    std::uint32_t connections = 0;
    std::chrono::seconds timeout{};
    std::uint32_t cache_users = 0;  // of each worker
    std::chrono::seconds cache{};
    std::string journal;  // a file
    std::uint64_t journal_bytes = 0;
    Durability journal_durability{};
    bool operator==(const Storage&) const = default;
};

struct Admin {
    std::string listen;  // "127.0.0.1:8478", "unix:/run/turnpike/admin.sock"; empty: nowhere
    std::string token;   // empty: of token_file, or none
    std::string token_file;
    std::vector<std::string> cors_origins;
    std::uint32_t requests_per_second = 0;  // of one address
    std::uint32_t mints_per_minute = 0;     // with one mint key
    bool operator==(const Admin&) const = default;
};

// A part of the server that is logged with a level of its own.
struct AreaLevel {
    std::string area;
    LogLevel level{};
    bool operator==(const AreaLevel&) const = default;
};

struct Log {
    LogLevel level{};
    std::vector<AreaLevel> areas;
    bool mask_addresses = false;
    LogFormat format{};
    bool operator==(const Log&) const = default;
};

struct Server {
    std::uint32_t workers = 0;  // 0: one per core
    std::int32_t nice = 0;      // of the workers
    PacketIo packet_io{};
    std::string software;  // empty: no SOFTWARE attribute
    std::string user;      // empty: stay who we are
    std::string hostname;  // empty: our addresses
    std::string node;      // empty: the name of this host
    bool rfc3489 = false;
    std::chrono::seconds drain{};     // when asked to drain
    std::chrono::seconds stop{};      // when asked to end
    std::chrono::seconds handover{};  // 0: calls end with the process
    std::string handover_file;
    bool operator==(const Server&) const = default;
};

struct Config {
    std::string realm;
    Listen listen;
    Relay relay;
    Discovery discovery;
    Peers peers;
    Auth auth;
    std::vector<User> users;
    Redirect redirect;
    Limits limits;
    Storage storage;
    Admin admin;
    Log log;
    Server server;
    bool operator==(const Config&) const = default;
};

// Whether the expiry of this secret's usernames is also the deadline of what they open.
[[nodiscard]] constexpr bool expiry_ends_relay(const Auth& auth, const Secret& secret) noexcept {
    return secret.expired.value_or(auth.expired) == Expired::end;
}

}  // namespace turnpike::config
