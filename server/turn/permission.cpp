// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/permission.hpp"

#include <algorithm>
#include <iterator>

namespace turnpike::turn {
namespace {

Route permission_route(const protocol::IpAddress& peer) {
    return Route{.peer = {.address = peer, .port = 0}, .channel = 0};
}

}  // namespace

std::size_t Permissions::size_with(std::span<const protocol::IpAddress> peers) const {
    const auto added = std::ranges::count_if(
        peers, [this](const protocol::IpAddress& peer) { return !expiry_.contains(peer); });
    return expiry_.size() + static_cast<std::size_t>(added);
}

void Permissions::install(const protocol::IpAddress& peer, protocol::TimePoint expires,
                          Effects& effects) {
    expiry_.insert_or_assign(peer, expires);
    effects.emplace_back(InstallRoute{allocation_, permission_route(peer), expires});
}

template <typename Goes>
void Permissions::remove_if(Goes&& goes, Effects& effects) {
    for (auto entry = expiry_.begin(); entry != expiry_.end();) {
        if (!goes(entry->first, entry->second)) {
            ++entry;
            continue;
        }
        effects.emplace_back(RemoveRoute{allocation_, permission_route(entry->first)});
        entry = expiry_.erase(entry);
    }
}

void Permissions::on_time(protocol::TimePoint now, Effects& effects) {
    remove_if([&](const auto&, protocol::TimePoint expires) { return now >= expires; }, effects);
}

void Permissions::withdraw(const auth::PeerPolicy& policy, Effects& effects) {
    remove_if([&](const auto& peer, auto) { return !policy.permits(peer); }, effects);
}

void Permissions::forget(protocol::Family family) {
    for (auto entry = expiry_.begin(); entry != expiry_.end();) {
        entry = entry->first.family() == family ? expiry_.erase(entry) : std::next(entry);
    }
}

std::optional<protocol::TimePoint> Permissions::next_deadline() const {
    const auto soonest =
        std::ranges::min_element(expiry_, {}, [](const auto& entry) { return entry.second; });
    if (soonest == expiry_.end()) return std::nullopt;
    return soonest->second;
}

void Permissions::append_routes(Effects& routes) const {
    for (const auto& [peer, expires] : expiry_) {
        routes.emplace_back(InstallRoute{allocation_, permission_route(peer), expires});
    }
}

}  // namespace turnpike::turn
