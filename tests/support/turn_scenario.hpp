// SPDX-License-Identifier: BSD-3-Clause
//
// Scenarios readable aloud: clients that allocate, permit, bind and send over a virtual clock.
//
//     Scenario s;
//     CHECK(s.alice.allocates().success());
//     s.time_passes(600s);
//     CHECK(s.alice.refreshes().code() == 437);
//
// After every message and every tick what the worker holds is compared with what the rules believe.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.hpp"
#include "auth/password.hpp"
#include "auth/peer_policy.hpp"
#include "auth/timed_secret.hpp"
#include "auth/user_directory.hpp"
#include "protocol/message_builder.hpp"
#include "server/turn/dispatcher.hpp"
#include "tests/support/fake_worker.hpp"
#include "tests/support/turn_client.hpp"

namespace turnpike::support {

// What goes wrong, for the one message that is delivered next.
struct Fault {
    std::size_t reply_octets = 1500;
    bool user_unknown = false;  // the lookup finds nobody
    bool disconnected_before_lookup_ends = false;
    bool disconnected_before_relay_opens = false;
    bool overtaken_before_relay_opens = false;  // by its own retransmission
    seconds relay_opens_after{0};
};

struct ScenarioOptions {
    turn::Settings settings{.relays_ipv6 = true};
    std::uint32_t allocations_per_user = 0;
    std::vector<auth::TimedSecret> secrets{{.secret = "sesame", .expiry_ends_relay = false}};
    std::vector<auth::TokenKey> token_keys = {};
    std::optional<std::uint64_t> redirects = {};  // new allocations, by this chance
    // What the lookup says beyond what a configuration can.
    std::function<void(auth::Grant&)> grants = [](auth::Grant&) {};
};

class Scenario : public Network {
public:
    explicit Scenario(ScenarioOptions options = {});
    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;

    Answer deliver(const protocol::FiveTuple& five_tuple, protocol::Bytes datagram) override;
    void disconnect(const protocol::FiveTuple& five_tuple) override;
    // Fires every deadline on its tick.
    void time_passes(TimePoint::duration elapsed);
    // ... and none of them, as if the worker were busy.
    void clock_jumps(TimePoint::duration elapsed);

    [[nodiscard]] const turn::Allocation* allocation_of(const Client& client) const {
        return dispatcher.allocations().find(client.five_tuple);
    }
    // ChannelData.
    void hears_channel_data(const Client& client) {
        turn::Effects effects;
        dispatcher.heard(client.five_tuple, effects);
        last_effects.clear();
        apply(effects);
        check_truth();
    }
    [[nodiscard]] std::size_t routes_of(const Client& client) const {
        const auto* allocation = allocation_of(client);
        return allocation == nullptr ? 0 : worker.held().at(allocation->id()).routes.size();
    }
    // True where the projection holds this permission (channel 0) or channel.
    [[nodiscard]] bool routed(const Client& client, const Endpoint& peer,
                              std::uint16_t channel = 0) const {
        const auto* allocation = allocation_of(client);
        return allocation != nullptr &&
               worker.held().at(allocation->id()).routes.contains({peer, channel});
    }
    // Carries out and clears.
    void apply(turn::Effects& effects);
    // The invariant: nothing is held that the rules do not know, nothing due is missed.
    void check_truth() const;

    protocol::Moment now{TimePoint{} + 1000s, protocol::WallTime{} + 1'800'000'000s};
    FakeWorker worker;
    auth::UserDirectory users;
    auth::Authenticator authenticator;
    auth::PeerPolicy policy;
    turn::Dispatcher dispatcher;
    std::optional<std::uint64_t> redirects;
    std::function<void(auth::Grant&)> grants;
    Fault fault;                           // for the next message only
    turn::PeerConnection last_connection;  // as ConnectPeer or AttachClient named it
    turn::Effects last_effects;            // of the last message or tick

    Client alice{*this, "alice", "192.0.2.10:50000"};
    Client bob{*this, "bob", "192.0.2.20:50000"};

private:
    turn::Outcome authenticated(const turn::Request& request, const turn::NeedCredential& need,
                                const Fault& now_wrong);
    turn::Outcome opened(const turn::Request& request, const turn::OpenRelay& wish,
                         const Fault& now_wrong);
};

inline Scenario::Scenario(ScenarioOptions options)
    : users{{.realm = std::string{realm},
             .users = {{"alice", "secret"}, {"bob", "secret"}},
             .secrets = std::move(options.secrets),
             .tokens = {.server_name = std::string{realm}, .keys = options.token_keys},
             .allocations_per_user = options.allocations_per_user}},
      authenticator{{.realm = std::string{realm},
                     .offer_sha256 = true,
                     .token_server = options.token_keys.empty() ? "" : std::string{realm}},
                    auth::Nonces{auth::NonceSecret{}, {.password_algorithms = true}, 3600s}},
      policy{{.allow = {*protocol::Subnet::parse("198.51.100.0/24"),
                        *protocol::Subnet::parse("2001:db8:99::/48")},
              .deny = {},
              .own = {at("203.0.113.5:1").address, at("[2001:db8:5::5]:1").address},
              .relayed = {at("203.0.113.5:1").address, at("[2001:db8:5::5]:1").address}},
             worker},
      dispatcher{std::move(options.settings), authenticator, policy},
      redirects{options.redirects},
      grants{std::move(options.grants)} {}

inline Answer Scenario::deliver(const protocol::FiveTuple& five_tuple, protocol::Bytes datagram) {
    const Fault now_wrong = std::exchange(fault, {});
    const auto message = protocol::Message::decode(datagram);
    if (!message) return Answer{};
    Octets reply(now_wrong.reply_octets);
    turn::Request request{*message, five_tuple, now, reply};
    last_effects.clear();
    turn::Effects effects;
    turn::Outcome outcome = dispatcher.handle(request, effects);
    apply(effects);
    if (const auto* need = std::get_if<turn::NeedCredential>(&outcome)) {
        outcome = authenticated(request, *need, now_wrong);
    }
    if (const auto* wish = std::get_if<turn::OpenRelay>(&outcome)) {
        time_passes(now_wrong.relay_opens_after);
        const turn::Request later{*message, five_tuple, now, reply};
        outcome = opened(later, turn::OpenRelay{*wish}, now_wrong);
    }
    if (!std::holds_alternative<turn::AttachClient>(outcome)) check_truth();
    if (const auto* reply_to_client = std::get_if<turn::Reply>(&outcome)) {
        return Answer{*reply_to_client};
    }
    if (const auto* connect = std::get_if<turn::ConnectPeer>(&outcome)) {
        last_connection = worker.name(connect->allocation, connect->peer);
        dispatcher.connecting(last_connection, now.steady, effects);
        worker.connecting(last_connection, connect->awaited);
        apply(effects);
        check_truth();
        return Answer{};  // comes later
    }
    if (const auto* attach = std::get_if<turn::AttachClient>(&outcome)) {
        last_connection = attach->connection;
        worker.is(attach->connection, turn::PeerConnections::State::bound);
        check_truth();
        return Answer{attach->reply};
    }
    if (const auto* relay = std::get_if<turn::RelayToPeer>(&outcome)) {
        return Answer{Relayed{relay->peer, std::string{protocol::as_text(relay->data)},
                              relay->dont_fragment}};
    }
    return Answer{};
}

inline turn::Outcome Scenario::authenticated(const turn::Request& request,
                                             const turn::NeedCredential& need,
                                             const Fault& now_wrong) {
    auto candidates =
        now_wrong.user_unknown ? std::vector<auth::Credential>{} : users.find(need.claim.user, now);
    for (auth::Credential& candidate : candidates) grants(candidate.grant);
    if (now_wrong.disconnected_before_lookup_ends) disconnect(request.five_tuple);
    turn::Effects effects;
    turn::Outcome outcome = dispatcher.resume(request, need.claim, candidates, effects);
    apply(effects);
    return outcome;
}

inline turn::Outcome Scenario::opened(const turn::Request& request, const turn::OpenRelay& wish,
                                      const Fault& now_wrong) {
    if (redirects) {
        if (auto elsewhere = dispatcher.redirect(request, wish, *redirects)) return *elsewhere;
    }
    if (now_wrong.disconnected_before_relay_opens) disconnect(request.five_tuple);
    if (now_wrong.overtaken_before_relay_opens) {
        CHECK_FALSE(deliver(request.five_tuple, request.message.octets()).silent());
    }
    const turn::OpenedRelay opened = worker.open(wish, request.five_tuple);
    turn::Effects effects;
    turn::Outcome outcome = dispatcher.relay_opened(request, wish, opened, effects);
    apply(effects);
    return outcome;
}

inline void Scenario::time_passes(TimePoint::duration elapsed) {
    const auto until = now.steady + elapsed;
    const auto by_time = [](const auto& entry) { return entry.second; };
    for (;;) {
        const auto& deadlines = worker.deadlines();
        const auto next = std::ranges::min_element(deadlines, {}, by_time);
        if (next == deadlines.end() || next->second > until) break;
        const auto [id, when] = *next;
        clock_jumps(std::max(when - now.steady, TimePoint::duration::zero()));
        turn::Effects effects;
        dispatcher.on_time(id, now.steady, effects);
        last_effects.clear();
        apply(effects);
        // Each tick either ends the allocation or asks for a later one.
        if (const auto again = deadlines.find(id); again != deadlines.end()) {
            REQUIRE(again->second > now.steady);
        }
        check_truth();
    }
    clock_jumps(until - now.steady);
}

inline void Scenario::clock_jumps(TimePoint::duration elapsed) {
    now.steady += elapsed;
    now.wall += std::chrono::duration_cast<protocol::WallTime::duration>(elapsed);
}

inline void Scenario::check_truth() const {
    REQUIRE((worker.held() == holdings_of(dispatcher.allocations())));
    for (const AllocationId id : dispatcher.allocations().ids()) {
        REQUIRE(worker.deadlines().at(id) <= dispatcher.allocations().find(id)->next_deadline());
    }
}

inline void Scenario::apply(turn::Effects& effects) {
    worker.carry_out(effects);
    last_effects.insert(last_effects.end(), effects.begin(), effects.end());
    effects.clear();
}

inline void Scenario::disconnect(const protocol::FiveTuple& five_tuple) {
    turn::Effects effects;
    dispatcher.disconnected(five_tuple, effects);
    last_effects.clear();
    apply(effects);
    check_truth();
}

// Peers that the policy allows.
inline const Endpoint peer_v4 = at("198.51.100.7:4000");
inline const Endpoint other_peer_v4 = at("198.51.100.8:4000");
inline const Endpoint peer_v6 = at("[2001:db8:99::7]:4000");
// ... and one that it does not.
inline const Endpoint private_peer = at("10.0.0.1:4000");

// The permission for this peer's address.
inline Endpoint any_port(Endpoint peer) {
    peer.port = 0;
    return peer;
}

}  // namespace turnpike::support
