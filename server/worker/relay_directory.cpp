// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/relay_directory.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace turnpike::worker {

using protocol::Endpoint;
using protocol::Family;
using protocol::TimePoint;
using telemetry::MutexLock;

RelayDirectory::RelayDirectory(std::vector<RelayAddress> addresses, std::uint16_t port_first,
                               std::uint16_t port_last)
    : port_first_{port_first}, port_last_{port_last}, addresses_{std::move(addresses)} {
    const std::size_t ports = std::size_t{port_last} - port_first + 1;
    for (std::size_t index = 0; index < addresses_.size(); ++index) {
        pools_.emplace_back(port_first, port_last);
        owners_.emplace_back(ports);
    }
}

std::optional<RelayPort> RelayDirectory::take(Family family, relay::PortWish wish,
                                              std::uint64_t random) {
    const std::size_t count = addresses_.size();
    if (count == 0) return std::nullopt;
    // Different bits choose the address and the port, so that neither tells of the other.
    constexpr unsigned half = 32;
    const std::size_t start = (random >> half) % count;
    const MutexLock lock{mutex_};
    for (std::size_t step = 0; step < count; ++step) {
        const std::size_t index = (start + step) % count;
        const RelayAddress& address = addresses_[index];
        if (address.local.family() != family) continue;
        if (const auto port = pools_[index].take(wish, random & 0xFFFFFFFF)) {
            return RelayPort{{address.local, *port}, {address.advertised, *port}};
        }
    }
    return std::nullopt;
}

std::optional<RelayPort> RelayDirectory::take(const Endpoint& local) {
    auto port = port_at(local);
    if (!port) return std::nullopt;
    const MutexLock lock{mutex_};
    if (!pools_[address_of(*port)].take(local.port)) port.reset();
    return port;
}

std::optional<RelayPort> RelayDirectory::port_at(const Endpoint& local) const {
    const auto ours = std::ranges::find(addresses_, local.address, &RelayAddress::local);
    if (ours == addresses_.end() || local.port < port_first_ || local.port > port_last_) {
        return std::nullopt;
    }
    return RelayPort{local, {ours->advertised, local.port}};
}

void RelayDirectory::publish(const RelayPort& port, WorkerIndex owner,
                             protocol::Transport transport) {
    assert(owner + 1 < of_tcp);
    const bool tcp = transport == protocol::Transport::tcp;
    owners_[address_of(port)][place_of(port)].store(
        static_cast<std::uint16_t>((owner + 1) | (tcp ? of_tcp : 0)), std::memory_order_release);
}

void RelayDirectory::give_back(const RelayPort& port) {
    const MutexLock lock{mutex_};
    give_back_locked(port);
}

void RelayDirectory::give_back_locked(const RelayPort& port) {
    const std::size_t address = address_of(port);
    // Before the port is free, or it could hide its next holder.
    owners_[address][place_of(port)].store(0, std::memory_order_release);
    pools_[address].give_back(port.local.port);
}

void RelayDirectory::reserve(const RelayPort& port, const Claim& claim, TimePoint until) {
    Reservation reservation{port, std::string{claim.username}, until};
    const MutexLock lock{mutex_};
    const bool is_new = reservations_.emplace(claim.token, std::move(reservation)).second;
    // The token is taken already: this one then finds nothing, and the port must not be lost.
    if (!is_new) give_back_locked(port);
}

std::optional<RelayPort> RelayDirectory::redeem(const Claim& claim, TimePoint now) {
    const MutexLock lock{mutex_};
    const auto entry = reservations_.find(claim.token);
    if (entry == reservations_.end() || entry->second.username != claim.username) {
        return std::nullopt;
    }
    const Reservation reservation = entry->second;
    reservations_.erase(entry);
    if (now < reservation.until) return reservation.port;
    give_back_locked(reservation.port);
    return std::nullopt;
}

void RelayDirectory::expire(TimePoint now) {
    const MutexLock lock{mutex_};
    for (auto entry = reservations_.begin(); entry != reservations_.end();) {
        if (now < entry->second.until) {
            ++entry;
            continue;
        }
        give_back_locked(entry->second.port);
        reservations_.erase(entry++);
    }
}

std::uint16_t RelayDirectory::published(const Endpoint& advertised) const noexcept {
    if (advertised.port < port_first_ || advertised.port > port_last_) return 0;
    const std::size_t place = std::size_t{advertised.port} - port_first_;
    for (std::size_t index = 0; index < addresses_.size(); ++index) {
        if (addresses_[index].advertised != advertised.address) continue;
        const std::uint16_t owner = owners_[index][place].load(std::memory_order_acquire);
        if (owner != 0) return owner;
    }
    return 0;
}

std::optional<WorkerIndex> RelayDirectory::owner(const Endpoint& advertised) const noexcept {
    const std::uint16_t owner = published(advertised);
    if (owner == 0 || (owner & of_tcp) != 0) return std::nullopt;
    return static_cast<WorkerIndex>(owner - 1);
}

bool RelayDirectory::listens(const Endpoint& relayed) const noexcept {
    return (published(relayed) & of_tcp) != 0;
}

Endpoint RelayDirectory::as_local(Endpoint advertised) const noexcept {
    const auto ours = std::ranges::find(addresses_, advertised.address, &RelayAddress::advertised);
    if (ours != addresses_.end()) advertised.address = ours->local;
    return advertised;
}

Endpoint RelayDirectory::as_advertised(Endpoint local) const noexcept {
    const auto ours = std::ranges::find(addresses_, local.address, &RelayAddress::local);
    if (ours != addresses_.end()) local.address = ours->advertised;
    return local;
}

std::size_t RelayDirectory::free_ports() const {
    const MutexLock lock{mutex_};
    std::size_t count = 0;
    for (const relay::PortPool& pool : pools_) count += pool.free();
    return count;
}

std::vector<RelayDirectory::Ports> RelayDirectory::ports() const {
    const MutexLock lock{mutex_};
    std::vector<Ports> all;
    for (std::size_t index = 0; index < addresses_.size(); ++index) {
        const relay::PortPool& pool = pools_[index];
        all.push_back({addresses_[index].advertised, pool.free(), pool.size() - pool.free()});
    }
    return all;
}

std::size_t RelayDirectory::address_of(const RelayPort& port) const noexcept {
    std::size_t index = 0;
    while (index < addresses_.size() && addresses_[index].local != port.local.address) ++index;
    assert(index < addresses_.size());
    return index;
}

std::size_t RelayDirectory::place_of(const RelayPort& port) const noexcept {
    assert(port.local.port >= port_first_ && port.local.port <= port_last_);
    return std::size_t{port.local.port} - port_first_;
}

}  // namespace turnpike::worker
