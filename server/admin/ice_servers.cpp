// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/ice_servers.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>

#include "auth/timed_secret.hpp"
#include "protocol/uri.hpp"

namespace turnpike::admin {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;
using protocol::Transport;

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

// As in a Uri: an address may come in its brackets.
[[nodiscard]] std::string bare(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return std::string{host};
}

// Collects each URL once.
class Urls {
public:
    Urls(const config::Config& config, const std::string& host,
         const std::vector<IpAddress>& advertised)
        : config_{config},
          host_{bare(host.empty() ? config.server.hostname : host)},
          advertised_{advertised} {}

    void add(const std::vector<Endpoint>& listeners, Transport transport) {
        for (const Endpoint& listener : listeners) {
            for (const std::string& host : hosts_of(listener, transport)) {
                const protocol::Uri uri{
                    .host = host, .port = listener.port, .transport = transport};
                std::string url = uri.to_string();
                if (std::ranges::find(all_, url) == all_.end()) all_.push_back(std::move(url));
            }
        }
    }
    [[nodiscard]] std::vector<std::string> all() && { return std::move(all_); }

private:
    // RFC 8489 section 8.1: a certificate is for a name, and clients take no address in its place.
    [[nodiscard]] std::vector<std::string> hosts_of(const Endpoint& listener,
                                                    Transport transport) const {
        const bool named = !host_.empty() && !IpAddress::parse(host_);
        if (protocol::is_secure(transport) && !named) return {};
        if (!host_.empty()) return {host_};
        std::vector<std::string> hosts;
        for (const IpAddress& each : addresses_of(config_, listener, advertised_)) {
            hosts.push_back(each.to_string());
        }
        return hosts;
    }

    const config::Config& config_;
    std::string host_;
    const std::vector<IpAddress>& advertised_;
    std::vector<std::string> all_;
};

[[nodiscard]] boost::json::array json_array(const std::vector<std::string>& texts) {
    boost::json::array array;
    for (const std::string& each : texts) array.emplace_back(each);
    return array;
}

}  // namespace

const config::User* fixed_user(const config::Config& config, const std::string& name) {
    const std::vector<config::User>& users = config.users;
    if (name.empty() && config.auth.secrets.empty() && !users.empty()) return &users.front();
    const auto found = std::ranges::find(users, name, &config::User::name);
    return found == users.end() ? nullptr : &*found;
}

protocol::Result<IssuedCredential, Refusal> issue_credential(const config::Config& config,
                                                             const CredentialRequest& request,
                                                             protocol::WallTime now) {
    const auto& secrets = config.auth.secrets;
    const config::User* user = fixed_user(config, request.user);
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
    return timed_credential(secrets.front().secret, request, now);
}

IssuedCredential timed_credential(std::string_view secret, const CredentialRequest& request,
                                  protocol::WallTime now) {
    const std::string username =
        auth::timed_username(now + request.lifetime, request.user, request.call);
    return {username, auth::timed_password(secret, username), request.lifetime};
}

std::vector<std::string> turn_urls(const config::Config& config, const std::string& host,
                                   const std::vector<IpAddress>& advertised) {
    Urls urls{config, host, advertised};
    urls.add(config.listen.udp, Transport::udp);
    urls.add(config.listen.tcp, Transport::tcp);
    urls.add(config.listen.tls, Transport::tls);
    urls.add(config.listen.dtls, Transport::dtls);
    return std::move(urls).all();
}

std::vector<std::string> stun_urls(const config::Config& config, const std::string& host,
                                   const std::vector<IpAddress>& advertised) {
    Urls urls{config, host, advertised};
    urls.add(config.listen.udp, Transport::udp);
    std::vector<std::string> stun;
    for (const std::string& each : std::move(urls).all()) {
        stun.push_back("stun:" + each.substr(5, each.find('?') - 5));
    }
    return stun;
}

bool lacks_name(const config::Config& config, const std::string& host) {
    const bool secure = !config.listen.tls.empty() || !config.listen.dtls.empty();
    const std::string name = bare(host.empty() ? config.server.hostname : host);
    return secure && (name.empty() || IpAddress::parse(name));
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

std::string ice_answer_json(const IceAnswer& answer) {
    boost::json::array servers;
    if (!answer.stun_urls.empty())
        servers.emplace_back(boost::json::object{{"urls", json_array(answer.stun_urls)}});
    servers.emplace_back(boost::json::object{{"urls", json_array(answer.turn_urls)},
                                             {"username", answer.credential.username},
                                             {"credential", answer.credential.password}});
    boost::json::object body;
    body["iceServers"] = std::move(servers);
    return boost::json::serialize(body);
}

std::string twilio_json(const IceAnswer& answer, protocol::WallTime now) {
    const auto& [stun, turn, credential] = answer;
    boost::json::array servers;
    for (const std::string& each : stun)
        servers.emplace_back(boost::json::object{{"url", each}, {"urls", each}});
    for (const std::string& each : turn) {
        servers.emplace_back(boost::json::object{{"url", each},
                                                 {"urls", each},
                                                 {"username", credential.username},
                                                 {"credential", credential.password}});
    }
    // RFC 2822 section 3.3
    const std::string date = fmt::format("{:%a, %d %b %Y %H:%M:%S +0000}",
                                         std::chrono::floor<std::chrono::seconds>(now));
    return boost::json::serialize(
        boost::json::object{{"username", credential.username},
                            {"password", credential.password},
                            {"ttl", std::to_string(credential.lifetime.count())},
                            {"date_created", date},
                            {"date_updated", date},
                            {"ice_servers", std::move(servers)}});
}

}  // namespace turnpike::admin
