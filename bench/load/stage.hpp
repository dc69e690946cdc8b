// SPDX-License-Identifier: BSD-3-Clause
//
// Who sends to whom in a measurement: clients with their allocations, permissions and channels, and
// peers; as lanes and inlets. Made before anything is measured, released at the end. Owns every
// socket. Not thread-safe while it is made.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "bench/load/lane.hpp"
#include "bench/load/settings.hpp"
#include "bench/load/udp_socket.hpp"

namespace turnpike::bench {

class Stage {
public:
    // BadStart where the server does not let it be made.
    explicit Stage(const Settings& settings);
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    // Gives the allocations back.
    ~Stage();

    // In the order in which they are to send. They live as long as the stage.
    [[nodiscard]] std::span<Lane> lanes() noexcept { return lanes_; }
    [[nodiscard]] std::span<const Inlet> inlets() const noexcept { return inlets_; }
    [[nodiscard]] std::span<const UdpSocket> peers() const noexcept { return peers_; }
    // Sending and receiving on one connection cannot go on at once.
    [[nodiscard]] bool wants_one_thread() const noexcept;

    // Refreshes what would run out soon; called often, by the thread that receives. What the server
    // answers is handed to take_answer() with the number of its inlet.
    void keep_alive(std::chrono::nanoseconds now);
    void take_answer(std::size_t inlet, protocol::Bytes message);

private:
    struct Party {
        client::Client client;
        client::Allocation allocation;
        std::optional<protocol::Endpoint> peer{};
        std::chrono::nanoseconds refresh_at{};
    };

    void make_clients(std::size_t count);
    void make_peers(std::size_t count);
    void make_callers(std::size_t count);
    void join(Party& party, const protocol::Endpoint& peer);
    void add_relay_lanes();
    void add_direct_lanes();
    void add_pair_lanes();
    void add_inlets();
    void add_call_lanes();
    // Of payloads of so many octets: from a party to a peer, and from a peer to a party.
    [[nodiscard]] Lane lane_of(Party& party, const protocol::Endpoint& peer,
                               std::size_t octets) const;
    [[nodiscard]] static Lane lane_of(const UdpSocket& socket, const protocol::Endpoint& there,
                                      std::size_t octets);
    void number_lanes() noexcept;
    void refresh(Party& party) const;
    void order_lanes(std::vector<Lane> up, std::vector<Lane> down);

    const Settings& settings_;
    std::vector<Party> parties_;
    std::vector<UdpSocket> peers_;
    std::vector<UdpSocket> callers_;  // clients that speak without a relay
    std::vector<Lane> lanes_;
    std::vector<Inlet> inlets_;
    std::chrono::nanoseconds next_look_{};
};

}  // namespace turnpike::bench
