// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/connection_limits.hpp"

#include <algorithm>
#include <array>

namespace turnpike::worker {

using protocol::IpAddress;

namespace {

// Whoever has one IPv6 address has the /64 around it.
IpAddress counted_as(const IpAddress& client) noexcept {
    if (client.is_v4()) return client;
    std::array<std::byte, 16> octets{};
    std::ranges::copy(client.octets().first(8), octets.begin());
    return IpAddress::v6(octets);
}

}  // namespace

void ConnectionLimits::limit(std::uint32_t total, std::uint32_t per_address) {
    const std::lock_guard lock{mutex_};
    total_ = total;
    per_address_ = per_address;
}

ConnectionLimits::Place ConnectionLimits::take(const IpAddress& client) {
    const std::lock_guard lock{mutex_};
    if (total_ != 0 && held_ >= total_) return {};
    const auto [entry, is_new] = by_address_.try_emplace(counted_as(client), 0U);
    if (per_address_ != 0 && entry->second >= per_address_) return {};
    ++entry->second;
    ++held_;
    return {*this, client};
}

void ConnectionLimits::give_back(const IpAddress& client) {
    const std::lock_guard lock{mutex_};
    const auto entry = by_address_.find(counted_as(client));
    if (entry == by_address_.end()) return;
    --held_;
    if (--entry->second == 0) by_address_.erase(entry);
}

std::size_t ConnectionLimits::held() const {
    const std::lock_guard lock{mutex_};
    return held_;
}

}  // namespace turnpike::worker
