// SPDX-License-Identifier: BSD-3-Clause
//
// The one thing that the workers share: which relayed addresses are taken, by which worker, and
// which are reserved for a RESERVATION-TOKEN. Taking and giving back go through a mutex, a few
// times an allocation; the look-up of a packet is one atomic load. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "auth/peer_policy.hpp"
#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/relay/port_pool.hpp"
#include "server/telemetry/thread_safety.hpp"

namespace turnpike::worker {

using WorkerIndex = std::uint16_t;

// An address that relays are opened on. Both are the same but behind a 1:1 NAT.
struct RelayAddress {
    protocol::IpAddress local;       // what the socket binds
    protocol::IpAddress advertised;  // what clients and peers see
};

struct RelayPort {
    protocol::Endpoint local;
    protocol::Endpoint advertised;
    bool operator==(const RelayPort&) const = default;
};

class RelayDirectory final : public auth::LiveRelays {
public:
    RelayDirectory(std::vector<RelayAddress> addresses, std::uint16_t port_first,
                   std::uint16_t port_last);

    // A port that nobody holds, now held by this worker; not yet live. For `pair` the port after it
    // is held too. `random` decides address and port. None when the family has no port left.
    [[nodiscard]] std::optional<RelayPort> take(protocol::Family family, relay::PortWish wish,
                                                std::uint64_t random);
    // This one, as it is bound. None where somebody holds it, or it is none of ours.
    [[nodiscard]] std::optional<RelayPort> take(const protocol::Endpoint& local);
    // ... whoever holds it. None: it is none of ours.
    [[nodiscard]] std::optional<RelayPort> port_at(const protocol::Endpoint& local) const;
    // The socket is open: hairpin (UDP) and peer policy may find it from now on.
    void publish(const RelayPort& port, WorkerIndex owner,
                 protocol::Transport transport = protocol::Transport::udp);
    // Ends both publication and holding.
    void give_back(const RelayPort& port);

    // What opens a reservation: the token, brought by the user whose Allocate got it (RFC 8656
    // section 7.2). To anyone else it is a token that nobody gave.
    struct Claim {
        std::uint64_t token = 0;
        std::string_view username;
    };
    // Keeps this held port for the claim.
    void reserve(const RelayPort& port, const Claim& claim, protocol::TimePoint until);
    // Once; the port is then held by the caller.
    [[nodiscard]] std::optional<RelayPort> redeem(const Claim& claim, protocol::TimePoint now);
    // Gives back reservations that nobody redeemed. Any worker may call it, each second or so.
    void expire(protocol::TimePoint now);

    // The worker that serves this relayed address, of UDP, as clients see it. Lock-free.
    [[nodiscard]] std::optional<WorkerIndex> owner(
        const protocol::Endpoint& advertised) const noexcept;
    [[nodiscard]] bool contains(const protocol::Endpoint& relayed) const noexcept override {
        return owner(relayed).has_value();
    }
    // Lock-free too.
    [[nodiscard]] bool listens(const protocol::Endpoint& relayed) const noexcept override;
    // The same where it is none of ours: behind a 1:1 NAT our host knows its own addresses alone.
    [[nodiscard]] protocol::Endpoint as_local(protocol::Endpoint advertised) const noexcept;
    [[nodiscard]] protocol::Endpoint as_advertised(protocol::Endpoint local) const noexcept;

    [[nodiscard]] std::size_t free_ports() const;
    struct Ports {
        protocol::IpAddress address;  // as clients see it
        std::size_t free = 0;
        std::size_t used = 0;  // taken or reserved
    };
    [[nodiscard]] std::vector<Ports> ports() const;  // by address

private:
    struct Reservation {
        RelayPort port;
        std::string username;
        protocol::TimePoint until;
    };
    // By port - first: the worker's index and one, of_tcp for a TCP allocation's; 0: not live.
    static constexpr std::uint16_t of_tcp = 0x8000;
    using Owners = std::vector<std::atomic<std::uint16_t>>;

    [[nodiscard]] std::uint16_t published(const protocol::Endpoint& advertised) const noexcept;
    [[nodiscard]] std::size_t address_of(const RelayPort& port) const noexcept;
    [[nodiscard]] std::size_t place_of(const RelayPort& port) const noexcept;
    void give_back_locked(const RelayPort& port) TURNPIKE_REQUIRES(mutex_);

    // Constant after construction, but for the values of the atomics.
    std::uint16_t port_first_;
    std::uint16_t port_last_;
    std::vector<RelayAddress> addresses_;
    std::vector<Owners> owners_;  // by address
    // Shared by the workers.
    mutable telemetry::Mutex mutex_;
    std::vector<relay::PortPool> pools_ TURNPIKE_GUARDED_BY(mutex_);  // by address
    boost::unordered_flat_map<std::uint64_t, Reservation> reservations_
        TURNPIKE_GUARDED_BY(mutex_);  // by token
};

}  // namespace turnpike::worker
