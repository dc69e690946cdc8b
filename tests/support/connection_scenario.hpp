// SPDX-License-Identifier: BSD-3-Clause
//
// Scenarios of TCP allocations (RFC 6062): clients on TCP, peers that answer, refuse or come by
// themselves.
//
//     ConnectionScenario s;
//     s.alice.allocates_tcp();
//     s.alice.connects(peer_v4);
//     CHECK(s.peer_answers(s.alice).success());
#pragma once

#include "server/turn/connect.hpp"
#include "server/turn/connection_attempt.hpp"
#include "tests/support/turn_scenario.hpp"

namespace turnpike::support {

class TcpClient : public Client {
public:
    TcpClient(Network& network, std::string name, std::string_view address)
        : Client{network, std::move(name), address} {
        five_tuple.transport = protocol::Transport::tcp;
    }

    Answer allocates_tcp(const Write& more = {}) {
        return asks(Method::allocate, [&more](MessageBuilder& request) {
            request.requested_transport(protocol::protocol_tcp);
            if (more) more(request);
        });
    }
    Answer connects(const Endpoint& peer) {
        return asks(Method::connect, [&](MessageBuilder& request) {
            request.xor_address(AttributeType::xor_peer_address, peer);
        });
    }
    Answer binds_connection(protocol::ConnectionId id) {
        return asks(Method::connection_bind, [&](MessageBuilder& request) {
            request.u32(AttributeType::connection_id, static_cast<std::uint32_t>(id));
        });
    }
};

class ConnectionScenario : public Scenario {
public:
    using State = turn::PeerConnections::State;

    explicit ConnectionScenario(ScenarioOptions options = {}) : Scenario{std::move(options)} {}

    // What the peer of the last Connect does; what the client is told.
    Answer peer_answers() {
        turn::Effects effects;
        const bool connected = dispatcher.connected(last_connection, now.steady, effects);
        if (connected) worker.is(last_connection, State::pending);
        apply(effects);
        check_truth();
        const auto awaited = worker.settle(last_connection.connection);
        if (!connected || !awaited) return Answer{};
        return told(*awaited, last_connection.connection);
    }
    // A failure, a reset, or the end of what was carried.
    void ends(const turn::PeerConnection& connection) {
        turn::Effects effects;
        dispatcher.over(connection, effects);
        apply(effects);
        check_truth();
    }
    Answer peer_refuses() {
        ends(last_connection);
        return failure();
    }
    // The 447 that is owed; silence where none is.
    Answer failure() {
        if (worker.failed.empty()) return Answer{};
        const turn::AwaitedConnect awaited = worker.failed.front();
        worker.failed.erase(worker.failed.begin());
        return told(awaited, std::nullopt);
    }
    // The connection that the peer opened; none where it is turned away.
    std::optional<turn::PeerConnection> peer_arrives(const Client& client, const Endpoint& peer) {
        const auto arriving = worker.name(allocation_of(client)->id(), peer);
        turn::Effects effects;
        const bool welcome = dispatcher.arrived(arriving, now.steady, effects);
        if (welcome) worker.is(arriving, State::pending);
        apply(effects);
        check_truth();
        return welcome ? std::optional{arriving} : std::nullopt;
    }
    // An open connection to the peer that waits for its ConnectionBind.
    turn::PeerConnection open_connection(TcpClient& client, const Endpoint& peer) {
        CHECK(client.connects(peer).silent());
        CHECK(peer_answers().success());
        return last_connection;
    }
    [[nodiscard]] std::optional<State> state_of(const Client& client,
                                                const turn::PeerConnection& connection) const {
        const auto* allocation = allocation_of(client);
        return allocation == nullptr ? std::nullopt
                                     : allocation->connections().state_of(connection.connection);
    }

    TcpClient alice{*this, "alice", "192.0.2.10:50000"};
    TcpClient bob{*this, "bob", "192.0.2.20:50000"};
    TcpClient alices_second{*this, "alice", "192.0.2.10:50001"};  // a connection without allocation
    TcpClient bobs_second{*this, "bob", "192.0.2.20:50001"};

private:
    static Answer told(const turn::AwaitedConnect& awaited,
                       std::optional<protocol::ConnectionId> connection) {
        std::array<std::byte, 1500> room{};
        const auto octets = turn::answer_connect(awaited, connection, "Turnpike", room);
        const Answer answer{turn::Reply{.octets = octets, .error = {}, .authenticated = true}};
        CHECK(
            protocol::verify_integrity(answer.message(), awaited.integrity, awaited.key.octets()));
        return answer;
    }
};

}  // namespace turnpike::support
