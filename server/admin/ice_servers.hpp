// SPDX-License-Identifier: BSD-3-Clause
//
// The entry that a web page puts into iceServers: our URLs, and a username with its password. Pure;
// the time and the addresses of this host come in as values.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "protocol/time.hpp"
#include "server/config/config.hpp"

namespace turnpike::admin {

struct CredentialRequest {
    std::string user;  // empty: nobody in particular
    std::string call;
    std::chrono::seconds lifetime{};
};

struct IssuedCredential {
    std::string username;
    std::string password;
    std::chrono::seconds lifetime{};  // zero: as long as the fixed user exists
};

// Why there is no credential, and what to do.
struct Refusal {
    std::string what;
};

// Whose password stands in the file; without a name and without secrets it is the first. Lives in
// the configuration.
[[nodiscard]] const config::User* fixed_user(const config::Config& config, const std::string& name);

// The password of a fixed user, else a time-limited username of the first secret.
[[nodiscard]] protocol::Result<IssuedCredential, Refusal> issue_credential(
    const config::Config& config, const CredentialRequest& request, protocol::WallTime now);

// A time-limited username of this secret, its expiry in whole seconds.
[[nodiscard]] IssuedCredential timed_credential(std::string_view secret,
                                                const CredentialRequest& request,
                                                protocol::WallTime now);

// "turn:HOST:PORT?transport=udp" for every listener as clients see it: UDP, TCP, TLS, DTLS. An
// empty host stands for server.hostname, or, where that is empty too, for the addresses that are
// listened on, or, where those are all, for the `advertised` ones. turns: needs a name.
[[nodiscard]] std::vector<std::string> turn_urls(
    const config::Config& config, const std::string& host,
    const std::vector<protocol::IpAddress>& advertised);

// "stun:HOST:PORT" of the same listeners, UDP's alone: what asks for an address needs no more.
[[nodiscard]] std::vector<std::string> stun_urls(
    const config::Config& config, const std::string& host,
    const std::vector<protocol::IpAddress>& advertised);

// Whether turns: URLs are left out for want of a name that a certificate could be for.
[[nodiscard]] bool lacks_name(const config::Config& config, const std::string& host);

// [{"urls":[...],"username":"...","credential":"..."}], to be pasted.
[[nodiscard]] std::string ice_servers_json(const std::vector<std::string>& urls,
                                           const IssuedCredential& credential);

// {"username":"...","password":"...","ttl":n,"uris":[...]}, draft-uberti-behave-turn-rest-00.
[[nodiscard]] std::string turn_rest_json(const std::vector<std::string>& urls,
                                         const IssuedCredential& credential);

// What a backend is told: as others' interfaces answer, so that it needs no new parser.
struct IceAnswer {
    const std::vector<std::string>& stun_urls;
    const std::vector<std::string>& turn_urls;
    const IssuedCredential& credential;
};

// {"iceServers":[{"urls":["stun:..."]},{"urls":["turn:..."],"username":"...","credential":"..."}]}
[[nodiscard]] std::string ice_answer_json(const IceAnswer& answer);

// {"username":"...","password":"...","ttl":"n","date_created":"...","date_updated":"...",
// "ice_servers":[{"url":"turn:...","urls":"turn:...","username":"...","credential":"..."}]}
[[nodiscard]] std::string twilio_json(const IceAnswer& answer, protocol::WallTime now);

}  // namespace turnpike::admin
