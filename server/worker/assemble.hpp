// SPDX-License-Identifier: BSD-3-Clause
//
// The one place where the configuration becomes what the parts of the server are built from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.hpp"
#include "auth/login.hpp"
#include "auth/peer_policy.hpp"
#include "auth/user_directory.hpp"
#include "server/config/config.hpp"
#include "server/net/certificate.hpp"
#include "server/net/packet_io.hpp"
#include "server/worker/redirection.hpp"
#include "server/worker/relay_directory.hpp"
#include "server/worker/rules.hpp"
#include "server/worker/settings.hpp"

namespace turnpike::worker {

// As configured; else those of the default routes, else any that is neither loopback nor
// link-local, else loopback, which only this host can reach.
[[nodiscard]] std::vector<RelayAddress> relay_addresses(const config::Relay& relay);

[[nodiscard]] std::size_t worker_count(const config::Server& server);
[[nodiscard]] net::PacketIo packet_io(const config::Server& server) noexcept;
// The endpoints of NAT behaviour discovery: none, or all four.
[[nodiscard]] std::vector<protocol::Endpoint> discovery_endpoints(
    const config::Discovery& discovery);

// What is random in a run of the server: a reload keeps it, and so nonces and tickets stay good.
struct RunKeys {
    auth::NonceSecret nonces{};
    auth::MobilityKey tickets{};
    std::array<std::uint64_t, 2> budget{};
    std::optional<auth::Login> probe{};  // how the server itself logs in, to see whether it works
};
[[nodiscard]] RunKeys make_run_keys();

// What of the rules no reload changes. The references outlive them.
struct RulesOrigin {
    const std::vector<RelayAddress>& relays;
    const RunKeys& keys;
    const auth::LiveRelays& live;
};
[[nodiscard]] RulesSlot::Pointer make_rules(const config::Config& config,
                                            const RulesOrigin& origin);

[[nodiscard]] Settings worker_settings(const config::Config& config,
                                       const std::vector<RelayAddress>& relays,
                                       const RunKeys& keys);
[[nodiscard]] auth::PeerPolicySettings peer_policy_settings(
    const config::Config& config, const std::vector<RelayAddress>& relays);
// The name of this server among those that share a database, and one that no other process has.
[[nodiscard]] std::string node_name(const config::Server& server);
[[nodiscard]] std::string random_name();
// What a log may say of the database: "postgresql", "sqlite" or "none".
[[nodiscard]] std::string_view storage_kind(const config::Storage& storage) noexcept;
// Where usage waits for it; empty where there is none. Views `storage`.
[[nodiscard]] std::string_view journal_file(const config::Storage& storage) noexcept;
// Whether every user can be found by the hash of the name: those of a database cannot.
[[nodiscard]] bool knows_all_users(const config::Config& config, const auth::UserDirectory& users);
// None where nothing listens for TLS or DTLS.
[[nodiscard]] std::vector<net::CertificateFiles> certificate_files(const config::Listen& listen);
[[nodiscard]] auth::UserDirectorySettings user_directory_settings(
    const config::Config& config, const std::optional<auth::Login>& probe = {});
[[nodiscard]] auth::Login make_probe_login();
[[nodiscard]] RedirectMode redirect_mode(const config::Redirect& redirect);
[[nodiscard]] auth::Authenticator make_authenticator(const config::Config& config,
                                                     const RunKeys& keys, bool username_anonymity);

}  // namespace turnpike::worker
