// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/channel.hpp"

#include <algorithm>
#include <iterator>

namespace turnpike::turn {

bool Channels::may_bind(std::uint16_t number, const protocol::Endpoint& peer) const {
    return std::ranges::all_of(bound_, [&](const auto& entry) {
        return (entry.first == number) == (entry.second.peer == peer);
    });
}

void Channels::bind(std::uint16_t number, const protocol::Endpoint& peer,
                    protocol::TimePoint expires, Effects& effects) {
    bound_.insert_or_assign(number, Binding{peer, expires});
    effects.emplace_back(InstallRoute{allocation_, Route{peer, number}, expires});
}

template <typename Goes>
void Channels::remove_if(Goes&& goes, Effects& effects) {
    for (auto entry = bound_.begin(); entry != bound_.end();) {
        if (!goes(entry->second)) {
            ++entry;
            continue;
        }
        effects.emplace_back(RemoveRoute{allocation_, Route{entry->second.peer, entry->first}});
        entry = bound_.erase(entry);
    }
}

void Channels::on_time(protocol::TimePoint now, Effects& effects) {
    remove_if([&](const Binding& binding) { return now >= binding.expires; }, effects);
}

void Channels::withdraw(const auth::PeerPolicy& policy, Effects& effects) {
    remove_if([&](const Binding& binding) { return !policy.permits(binding.peer); }, effects);
}

void Channels::forget(protocol::Family family) {
    for (auto entry = bound_.begin(); entry != bound_.end();) {
        const bool forgotten = entry->second.peer.address.family() == family;
        entry = forgotten ? bound_.erase(entry) : std::next(entry);
    }
}

std::optional<protocol::TimePoint> Channels::next_deadline() const {
    const auto soonest = std::ranges::min_element(
        bound_, {}, [](const auto& entry) { return entry.second.expires; });
    if (soonest == bound_.end()) return std::nullopt;
    return soonest->second.expires;
}

void Channels::append_routes(Effects& routes) const {
    for (const auto& [number, binding] : bound_) {
        routes.emplace_back(
            InstallRoute{allocation_, Route{binding.peer, number}, binding.expires});
    }
}

}  // namespace turnpike::turn
