// SPDX-License-Identifier: BSD-3-Clause
#include "client/check.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "auth/timed_secret.hpp"
#include "client/likely_cause.hpp"
#include "client/resolve.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::Transport;

constexpr std::uint16_t channel = 0x4000;
constexpr std::string_view payload = "turnpike-bench: a packet to myself";
constexpr std::string_view minted_name = "turnpike-bench";
constexpr auto minted_lifetime = 10min;
constexpr auto minted_lifetime_long = std::chrono::hours{24 * 3650};
constexpr int redirects_max = 3;

Login mint(const CheckSettings& settings, std::chrono::seconds lifetime) {
    const std::string username = auth::timed_username(settings.now + lifetime, minted_name, {});
    return {username, auth::timed_password(settings.secret, username)};
}

std::optional<Login> login_of(const CheckSettings& settings) {
    return settings.secret.empty() ? settings.login : mint(settings, minted_lifetime);
}

// One way to one server, from reaching it to the packet that came back.
class Visit {
public:
    Visit(const protocol::Uri& uri, const CheckSettings& settings, CheckReport& report)
        : uri_{uri}, settings_{settings}, report_{report}, login_{login_of(settings)} {}

    void go(const Endpoint& server) {
        report_.begin(uri_.to_string(), server.to_string());
        visit(server, 0);
    }

private:
    bool visit(const Endpoint& server, int redirects);
    [[nodiscard]] std::optional<Client> reach(const Endpoint& server);
    bool allocate(Client& client, int redirects);
    bool relay(Client& client, const Allocation& allocation);
    bool compare_clocks(const Endpoint& server, const Failure& denial);
    bool fail(std::string_view step, const Failure& failure) {
        return report_.failed(step, failure, likely_cause(failure, login_, settings_.now));
    }

    const protocol::Uri& uri_;
    const CheckSettings& settings_;
    CheckReport& report_;
    std::optional<Login> login_;
};

bool Visit::visit(const Endpoint& server, int redirects) {
    auto client = reach(server);
    if (!client) return false;
    const auto mapped = client->binding();
    if (!mapped) return fail("Binding", mapped.error());
    report_.passed("Binding", client->round_trip(),
                   fmt::format("the server sees me as {}", mapped->to_string()));
    if (!uri_.relays) return true;
    if (!login_) return fail("Allocate", {.text = "needs --user and a password, or --secret"});
    client->log_in(*login_);
    return allocate(*client, redirects);
}

std::optional<Client> Visit::reach(const Endpoint& server) {
    const auto before = Clock::now();
    auto connection = Connection::connect(uri_.transport, server, settings_.connect);
    if (!connection) {
        fail("connect", connection.error());
        return std::nullopt;
    }
    if (connection->is_stream()) {
        report_.passed("connect", Clock::now() - before, server.to_string());
    }
    if (is_secure(uri_.transport)) {
        const auto begun = Clock::now();
        if (const auto secured = connection->secure(uri_.host, settings_.connect); !secured) {
            fail("handshake", secured.error());
            return std::nullopt;
        }
        report_.passed("handshake", Clock::now() - begun, connection->channel()->description());
    }
    return Client{std::move(*connection), settings_.connect.timeout};
}

bool Visit::allocate(Client& client, int redirects) {
    const auto allocation = client.allocate(settings_.relay_family);
    if (!allocation) {
        const Failure& failure = allocation.error();
        if (failure.alternate && redirects < redirects_max) {
            report_.passed("Allocate", client.round_trip(),
                           "300, sent on to " + failure.alternate->to_string());
            return visit(*failure.alternate, redirects + 1);
        }
        if (failure.code == 401 && !settings_.secret.empty()) {
            return compare_clocks(client.server(), failure);
        }
        return fail("Allocate", failure);
    }
    if (!settings_.realm.empty() && client.realm() != settings_.realm) {
        return fail("realm", {.text = fmt::format("the server's realm is {}, not {}",
                                                  client.realm(), settings_.realm),
                              .cause = "another server than you mean, or its configuration"});
    }
    report_.passed(
        "Allocate", client.round_trip(),
        fmt::format("relayed address {}, {} s, realm {}", allocation->relayed.to_string(),
                    allocation->lifetime.count(), client.realm()));
    if (!relay(client, *allocation)) return false;
    const auto deleted = client.refresh(0s);
    if (!deleted) return fail("Refresh", deleted.error());
    report_.passed("Refresh", client.round_trip(), "allocation deleted");
    return true;
}

// A login that is good for ten minutes was refused. Where one that is good for ten years gets in,
// the secret is right and the server lives in the future.
bool Visit::compare_clocks(const Endpoint& server, const Failure& denial) {
    auto connection = Connection::connect(uri_.transport, server, settings_.connect);
    if (connection && is_secure(uri_.transport)) {
        if (!connection->secure(uri_.host, settings_.connect)) return fail("Allocate", denial);
    }
    if (!connection) return fail("Allocate", denial);
    Client client{std::move(*connection), settings_.connect.timeout};
    client.log_in(mint(settings_, minted_lifetime_long));
    const bool in_time = client.allocate().has_value();
    if (in_time) (void)client.refresh(0s);
    return report_.failed(
        "Allocate", denial,
        in_time ? fmt::format("the server's clock is more than {} s ahead of this machine's",
                              std::chrono::seconds{minted_lifetime}.count())
                : "the secret differs from the server's");
}

// The relay's own address is a peer that is always there: what is sent to it must come back.
bool Visit::relay(Client& client, const Allocation& allocation) {
    if (const auto bound = client.bind_channel(channel, allocation.relayed); !bound) {
        return fail("ChannelBind", bound.error());
    }
    report_.passed("ChannelBind", client.round_trip(), "to my own relayed address");
    std::vector<std::chrono::nanoseconds> times;
    for (int sent = 0; sent < settings_.packets; ++sent) {
        const auto begun = Clock::now();
        if (!client.send_channel(channel, protocol::as_octets(payload))) break;
        const auto back = client.receive_channel(channel, begun + 1s);
        if (back && protocol::as_text(*back) == payload) times.push_back(Clock::now() - begun);
        // UDP may lose one; three in a row mean that nothing is relayed.
        if (times.empty() && sent == 2) break;
    }
    if (times.empty()) return fail("relayed packet", {.text = "sent three times, none came back"});
    std::ranges::sort(times);
    report_.passed("relayed packet", times[times.size() / 2],
                   fmt::format("median of {}, fastest {:.2f} ms, {} lost", times.size(),
                               std::chrono::duration<double, std::milli>(times.front()).count(),
                               settings_.packets - static_cast<int>(times.size())));
    return true;
}

// What the URI leaves open: turn: means UDP and TCP, turns: TLS and DTLS (RFC 7065 section 3.1).
std::vector<protocol::Uri> ways_of(const protocol::Uri& uri) {
    std::vector<protocol::Uri> ways{uri};
    if (uri.transport_given || !uri.relays) return ways;
    protocol::Uri& other = ways.emplace_back(uri);
    other.transport = is_secure(uri.transport) ? Transport::dtls : Transport::tcp;
    return ways;
}

}  // namespace

void check(const protocol::Uri& uri, const CheckSettings& settings, CheckReport& report) {
    const auto servers = resolve(uri.host, uri.port);
    if (!servers) {
        report.begin(uri.to_string(), "?");
        report.failed("resolve", servers.error(), servers.error().cause);
        return;
    }
    bool any = false;
    for (const protocol::Uri& way : ways_of(uri)) {
        for (const Endpoint& server : *servers) {
            if (settings.family && server.address.family() != *settings.family) continue;
            any = true;
            Visit{way, settings, report}.go(server);
        }
    }
    if (any) return;
    report.begin(uri.to_string(), "?");
    report.failed("resolve", {.text = uri.host + " has no address of this family"}, {});
}

void check(const protocol::Uri& uri, const Endpoint& server, const CheckSettings& settings,
           CheckReport& report) {
    Visit{uri, settings, report}.go(server);
}

}  // namespace turnpike::client
