// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/route_map.hpp"

#include <bpf/bpf.h>

#include <cerrno>

#include "server/xdp/monotonic.hpp"

namespace turnpike::xdp {

namespace {

// E2BIG says that there is no element left, ENOMEM that the kernel has no memory for one.
Update outcome(int result) noexcept {
    switch (-result) {
        case 0:
            return Update::done;
        case E2BIG:
        case ENOMEM:
            return Update::full;
        case ENOENT:
            return Update::absent;
        default:
            return Update::failed;
    }
}

}  // namespace

Update RouteMap::install(const Route& route) noexcept {
    const RouteKey key = key_of(route);
    RouteEntry entry = entry_of(route);
    entry.generation = generation_;
    return outcome(bpf_map_update_elem(descriptor_, &key, &entry, BPF_ANY));
}

Update RouteMap::extend(const RouteKey& key, protocol::TimePoint expires) noexcept {
    auto entry = find(key);
    if (!entry) return Update::absent;
    entry->expires_ns = monotonic_ns(expires);
    entry->generation = generation_;
    return outcome(bpf_map_update_elem(descriptor_, &key, &*entry, BPF_EXIST));
}

Update RouteMap::remove(const RouteKey& key) noexcept {
    return outcome(bpf_map_delete_elem(descriptor_, &key));
}

std::optional<RouteEntry> RouteMap::find(const RouteKey& key) const noexcept {
    RouteEntry entry{};
    if (bpf_map_lookup_elem(descriptor_, &key, &entry) != 0) return std::nullopt;
    return entry;
}

Update RouteMap::install(const BoundChannel& bound) noexcept {
    const Route to_client = route_to_client(bound);
    if (const Update update = install(to_client); update != Update::done) return update;
    const Update update = install(route_to_peer(bound));
    if (update != Update::done) static_cast<void>(remove(key_of(to_client)));
    return update;
}

Update RouteMap::extend(const BoundChannel& bound, protocol::TimePoint expires) noexcept {
    const Update to_client = extend(key_of(route_to_client(bound)), expires);
    const Update to_peer = extend(key_of(route_to_peer(bound)), expires);
    return to_client == Update::done ? to_peer : to_client;
}

void RouteMap::remove(const BoundChannel& bound) noexcept {
    static_cast<void>(remove(key_of(route_to_client(bound))));
    static_cast<void>(remove(key_of(route_to_peer(bound))));
}

// All of them first: the kernel finds the next key by the one before, if that is still there.
std::vector<RouteKey> RouteMap::keys() const {
    std::vector<RouteKey> found;
    RouteKey key{};
    const RouteKey* before = nullptr;
    while (bpf_map_get_next_key(descriptor_, before, &key) == 0) {
        found.push_back(key);
        before = &found.back();
    }
    return found;
}

std::size_t RouteMap::remove_if(
    const std::function<bool(const RouteKey&, const RouteEntry&)>& is_unwanted) {
    std::size_t removed = 0;
    for (const RouteKey& key : keys()) {
        const auto entry = find(key);
        if (entry && is_unwanted(key, *entry) && remove(key) == Update::done) ++removed;
    }
    return removed;
}

std::size_t RouteMap::remove_inherited() {
    return remove_if([this](const RouteKey&, const RouteEntry& entry) {
        return entry.generation != generation_;
    });
}

}  // namespace turnpike::xdp
