// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/self_probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "client/client.hpp"
#include "protocol/uri.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;
using client::Client;
using client::Clock;
using client::Failure;
using protocol::Endpoint;
using protocol::Family;
using protocol::Transport;

constexpr std::uint16_t channel = 0x4000;
constexpr std::string_view payload = "is the relay well?";
constexpr auto patience = 200ms;  // for one packet; UDP may lose it
// What costs the least.
constexpr std::array preference{Transport::udp, Transport::tcp, Transport::dtls, Transport::tls};
constexpr std::uint16_t family_not_supported = 440;

std::string at(std::string_view step, const Failure& failure) {
    return fmt::format("{}: {}", step, failure.text);
}

// A server may relay on IPv6 alone.
protocol::Result<client::Allocation, Failure> allocate(Client& client) {
    auto allocation = client.allocate();
    const bool lacks_v4 = allocation.has_error() && allocation.error().code == family_not_supported;
    return lacks_v4 ? client.allocate(Family::ipv6) : allocation;
}

std::string relay(Client& client, const Endpoint& relayed, Clock::time_point until) {
    if (const auto bound = client.bind_channel(channel, relayed); !bound) {
        return at("ChannelBind", bound.error());
    }
    do {
        if (!client.send_channel(channel, protocol::as_octets(payload))) {
            return "relayed packet: it could not be sent";
        }
        const auto back = client.receive_channel(channel, std::min(until, Clock::now() + patience));
        if (back && protocol::as_text(*back) == payload) return {};
    } while (Clock::now() < until);
    return "relayed packet: it did not come back";
}

// What went wrong; empty: nothing.
std::string walk(const Entry& target, const auth::Login& login, std::chrono::milliseconds limit) {
    const auto until = Clock::now() + limit;
    auto connection =
        client::Connection::connect(target.transport, target.server, {.timeout = limit});
    if (!connection) return at("connect", connection.error());
    if (is_secure(target.transport)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        // Ourselves, whatever name the certificate is for.
        const auto secured = connection->secure(target.server.address.to_string(),
                                                {.timeout = left, .trust = {.verify = false}});
        if (!secured) return at("handshake", secured.error());
    }
    Client client{*std::move(connection), limit};
    client.give_up_at(until);
    client.log_in(login);
    const auto allocation = allocate(client);
    if (!allocation) return at("Allocate", allocation.error());
    std::string failure = relay(client, allocation->relayed, until);
    // Whatever came of it: this much is sent in any case.
    const auto deleted = client.refresh(0s);
    if (failure.empty() && !deleted) return at("Refresh", deleted.error());
    return failure;
}

}  // namespace

std::optional<Entry> probe_target(const Doors& doors, std::span<const protocol::Subnet> proxies) {
    const std::vector<Entry> all = entries(doors, proxies);
    const auto best = std::ranges::min_element(all, {}, [](const Entry& each) {
        return std::ranges::find(preference, each.transport) - preference.begin();
    });
    if (best == all.end()) return std::nullopt;
    return *best;
}

Findings judge_probe(const Entry& target, const Readiness& readiness) {
    if (readiness.is_ready) return {};
    return {{.grade = Grade::problem,
             .check = "relay",
             .seen = fmt::format("asked by itself over {} at {} the server does not relay: {}",
                                 to_string(target.transport), target.server.to_string(),
                                 readiness.reason),
             .advice = "`turnpike doctor` asks through every listener, and says what to do"}};
}

Readiness probe_self(const Entry& target, const auth::Login& login,
                     std::chrono::milliseconds limit) {
    const auto begun = Clock::now();
    std::string reason = walk(target, login, limit);
    const bool is_ready = reason.empty();
    return {is_ready, std::move(reason), Clock::now() - begun};
}

}  // namespace turnpike::doctor
