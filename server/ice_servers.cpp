// SPDX-License-Identifier: BSD-3-Clause
#include "server/ice_servers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>

#include "auth/timed_secret.hpp"

namespace turnpike {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

[[nodiscard]] const config::User* find_user(const config::Config& config, const std::string& name) {
    const auto found = std::ranges::find(config.users, name, &config::User::name);
    return found == config.users.end() ? nullptr : &*found;
}

// The address that clients use where this host has `address`.
[[nodiscard]] IpAddress as_seen_outside(const config::Config& config, const IpAddress& address) {
    const auto& pairs = config.relay.external;
    const auto found = std::ranges::find(pairs, address, &config::ExternalAddress::relay);
    return found == pairs.end() ? address : found->external;
}

// Where clients reach a listener: itself, or, where it listens on every address of its family,
// those that relays are opened on.
[[nodiscard]] std::vector<IpAddress> addresses_of(const config::Config& config,
                                                  const Endpoint& listener,
                                                  const std::vector<IpAddress>& advertised) {
    if (!listener.address.is_unspecified()) return {as_seen_outside(config, listener.address)};
    std::vector<IpAddress> addresses;
    std::ranges::copy_if(advertised, std::back_inserter(addresses), [&](const IpAddress& each) {
        return each.family() == listener.address.family();
    });
    return addresses;
}

[[nodiscard]] std::string bracketed(const std::string& host) {
    const bool is_bare_ipv6 = IpAddress::parse(host).value_or(IpAddress{}).is_v6();
    return is_bare_ipv6 ? "[" + host + "]" : host;
}

void add_urls(std::vector<std::string>& urls, const std::vector<std::string>& authorities,
              std::string_view transport) {
    for (const std::string& each : authorities) {
        std::string url = fmt::format("turn:{}?transport={}", each, transport);
        if (std::ranges::find(urls, url) == urls.end()) urls.push_back(std::move(url));
    }
}

[[nodiscard]] boost::json::array json_array(const std::vector<std::string>& texts) {
    boost::json::array array;
    for (const std::string& each : texts) array.emplace_back(each);
    return array;
}

}  // namespace

protocol::Result<IssuedCredential, Refusal> issue_credential(const config::Config& config,
                                                             const CredentialRequest& request,
                                                             protocol::WallTime now) {
    const auto& secrets = config.auth.secrets;
    const bool takes_first = request.user.empty() && secrets.empty() && !config.users.empty();
    const config::User* user =
        takes_first ? &config.users.front() : find_user(config, request.user);
    if (user != nullptr && request.call.empty())
        return IssuedCredential{user->name, user->password, {}};
    if (user != nullptr) {
        return Refusal{
            fmt::format("\"{}\" is a fixed user and belongs to no call; leave --call out, or "
                        "choose another name",
                        user->name)};
    }
    if (secrets.empty()) {
        return Refusal{
            fmt::format("no user \"{}\" and no secrets to mint a time-limited username from; add "
                        "the user to [users], or set auth.secrets",
                        request.user)};
    }
    const std::string username =
        auth::timed_username(now + request.lifetime, request.user, request.call);
    return IssuedCredential{username, auth::timed_password(secrets.front().secret, username),
                            request.lifetime};
}

std::vector<std::string> turn_urls(const config::Config& config, const std::string& host,
                                   const std::vector<IpAddress>& advertised) {
    const auto authorities = [&](const std::vector<Endpoint>& listeners) {
        std::vector<std::string> all;
        for (const Endpoint& listener : listeners) {
            if (!host.empty()) {
                all.push_back(fmt::format("{}:{}", bracketed(host), listener.port));
                continue;
            }
            for (const IpAddress& each : addresses_of(config, listener, advertised)) {
                all.push_back(Endpoint{each, listener.port}.to_string());
            }
        }
        return all;
    };
    std::vector<std::string> urls;
    add_urls(urls, authorities(config.listen.udp), "udp");
    add_urls(urls, authorities(config.listen.tcp), "tcp");
    return urls;
}

std::string ice_servers_json(const std::vector<std::string>& urls,
                             const IssuedCredential& credential) {
    boost::json::object entry;
    entry["urls"] = json_array(urls);
    entry["username"] = credential.username;
    entry["credential"] = credential.password;
    boost::json::array servers;
    servers.emplace_back(std::move(entry));
    return boost::json::serialize(servers);
}

std::string turn_rest_json(const std::vector<std::string>& urls,
                           const IssuedCredential& credential) {
    boost::json::object answer;
    answer["username"] = credential.username;
    answer["password"] = credential.password;
    if (credential.lifetime > std::chrono::seconds::zero()) {
        answer["ttl"] = credential.lifetime.count();
    }
    answer["uris"] = json_array(urls);
    return boost::json::serialize(answer);
}

}  // namespace turnpike
