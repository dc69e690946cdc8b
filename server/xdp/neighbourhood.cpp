// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/neighbourhood.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace turnpike::xdp {

using protocol::TimePoint;
using telemetry::MutexLock;

namespace {

constexpr int datagrams_max = 64;  // of the kernel's, heard in one call

}  // namespace

Outcome<std::unique_ptr<Neighbourhood>> Neighbourhood::open(std::span<Hop> hops,
                                                            std::function<void()> on_change) {
    // The monitor first: what changes after a question is heard of.
    auto monitor = listen_to_changes();
    if (!monitor) return monitor.error();
    auto questions = Netlink::open();
    if (!questions) return questions.error();
    return std::unique_ptr<Neighbourhood>{
        new Neighbourhood{hops, std::move(on_change), std::move(*questions), std::move(*monitor)}};
}

Neighbourhood::Neighbourhood(std::span<Hop> hops, std::function<void()> on_change,
                             Netlink questions, Netlink monitor)
    : on_change_{std::move(on_change)},
      monitor_descriptor_{monitor.descriptor()},
      questions_{std::move(questions)},
      monitor_{std::move(monitor)},
      hops_{hops},
      cares_(hops.size()) {}

OrNoHop<Link> Neighbourhood::look_up_exit(std::uint32_t interface) {
    auto link = look_up_link(questions_, interface);
    if (!link) return NoHop::failed;
    if (link->is_loopback) return NoHop::loopback;
    if (!link->mac) return NoHop::no_ethernet;
    return std::move(*link);
}

OrNoHop<Neighbourhood::Resolved> Neighbourhood::resolve(const Way& way) {
    const MutexLock lock{mutex_};
    const auto route = look_up_route(questions_, way);
    if (!route) return route.error();
    auto link = look_up_exit(route->next_hop.interface);
    if (!link) return link.error();
    return Resolved{.route = *route,
                    .link = std::move(*link),
                    .neighbour = look_up_neighbour(questions_, route->next_hop)};
}

OrNoHop<Passage> Neighbourhood::acquire(const Way& way, TimePoint now) {
    const MutexLock lock{mutex_};
    if (const auto known = journeys_.find(way); known != journeys_.end()) {
        Journey& journey = known->second;
        const NextHop next_hop = hops_.next_hop(journey.hop);
        static_cast<void>(hops_.acquire(next_hop, now));  // the same, which has users already
        ++journey.users;
        return Passage{
            .way = way, .hop = journey.hop, .interface = next_hop.interface, .mtu = journey.mtu};
    }
    const auto route = look_up_route(questions_, way);
    if (!route) return route.error();
    const auto link = look_up_exit(route->next_hop.interface);
    if (!link) return link.error();
    const bool is_new = !hops_.find(route->next_hop);
    const auto hop = hops_.acquire(route->next_hop, now);
    if (!hop) return NoHop::full;
    if (is_new) {
        cares_[*hop] = {};
        refresh(*hop, *link, now);
        if (!cares_[*hop].is_known) probe(*hop, now);
    }
    journeys_[way] = {.hop = *hop, .mtu = route->mtu, .users = 1};
    return Passage{
        .way = way, .hop = *hop, .interface = route->next_hop.interface, .mtu = route->mtu};
}

void Neighbourhood::release(const Passage& passage, TimePoint now) {
    if (passage.hop == HopTable::nowhere) return;
    const MutexLock lock{mutex_};
    // Of a hop that was retired the way is known no more, or goes by another.
    if (const auto known = journeys_.find(passage.way);
        known != journeys_.end() && known->second.hop == passage.hop) {
        if (--known->second.users == 0) journeys_.erase(known);
    }
    hops_.release(passage.hop, now);
}

void Neighbourhood::release_inherited(TimePoint now) {
    const MutexLock lock{mutex_};
    hops_.release_inherited(now);
}

// What the kernel knows of the neighbour now, into the hop.
void Neighbourhood::refresh(std::uint32_t hop, const std::optional<Link>& link, TimePoint now) {
    Care& care = cares_[hop];
    const Neighbour neighbour = look_up_neighbour(questions_, hops_.next_hop(hop));
    care.is_known = neighbour.mac.has_value();
    if (!neighbour.is_stale) {
        care.stale_since.reset();
        care.is_lent = false;
    } else if (!care.stale_since) {
        care.stale_since = now;
    }
    if (!link || !link->is_up || !link->mac || !neighbour.mac || care.is_lent) {
        return hops_.disable(hop);
    }
    hops_.write(hop, {.destination = *neighbour.mac, .source = *link->mac, .mtu = link->mtu});
}

bool Neighbourhood::on_readable(TimePoint now) {
    const std::uint64_t before = generation();
    bool has_more = true;
    {
        const MutexLock lock{mutex_};
        NetworkChanges changes;
        for (int datagrams = 0; datagrams < datagrams_max && has_more; ++datagrams) {
            switch (monitor_.hear([&](const nlmsghdr& message) { changes.note(message); })) {
                case Netlink::Heard::something:
                    break;
                case Netlink::Heard::nothing:
                    has_more = false;
                    break;
                case Netlink::Heard::too_much:
                    changes.lost = true;
                    break;
            }
        }
        apply(changes, now);
    }
    tell(before);
    return has_more;
}

void Neighbourhood::apply(const NetworkChanges& heard, TimePoint now) {
    NetworkChanges changes = heard;
    if (changes.lost) {
        for (const std::uint32_t hop : hops_.in_use()) {
            changes.links.insert(hops_.next_hop(hop).interface);
        }
    }
    for (const std::uint32_t interface : changes.links) refresh_link(interface, changes, now);
    for (const NextHop& neighbour : changes.neighbours) {
        const auto hop = hops_.find(neighbour);
        if (hop) refresh(*hop, look_up_link(questions_, neighbour.interface), now);
    }
    std::vector<Way> doubtful;
    for (const auto& [way, journey] : journeys_) {
        if (changes.concern(way.destination)) doubtful.push_back(way);
    }
    review(doubtful);
}

// Of a link that goes down IPv4's routes vanish without a word.
void Neighbourhood::refresh_link(std::uint32_t interface, NetworkChanges& changes, TimePoint now) {
    std::optional<Link> link;
    bool is_asked = false;
    for (const std::uint32_t hop : hops_.in_use()) {
        if (hops_.next_hop(hop).interface != interface) continue;
        if (!std::exchange(is_asked, true)) link = look_up_link(questions_, interface);
        refresh(hop, link, now);
    }
    if (is_asked && (!link || !link->is_up)) changes.all_v4 = changes.all_v6 = true;
}

// Those that go another way now lose their hop. Too many to ask for: all of them. Where only the
// path's MTU is another one, which any peer can bring about, nobody else is concerned.
void Neighbourhood::review(const std::vector<Way>& doubtful) {
    for (const Way& way : doubtful) {
        const auto known = journeys_.find(way);
        if (known == journeys_.end()) continue;  // it went with another's hop
        const Journey journey = known->second;
        if (doubtful.size() <= reviews_max) {
            const auto route = look_up_route(questions_, way);
            const bool is_there = route && route->next_hop == hops_.next_hop(journey.hop);
            if (is_there && route->mtu == journey.mtu) continue;
            if (is_there) {
                journeys_.erase(known);
                generation_.fetch_add(1, std::memory_order_release);
                continue;
            }
        }
        retire(journey.hop);
    }
}

void Neighbourhood::retire(std::uint32_t hop) {
    hops_.retire(hop);
    erase_if(journeys_, [&](const auto& each) { return each.second.hop == hop; });
    generation_.fetch_add(1, std::memory_order_release);
}

void Neighbourhood::tell(std::uint64_t before) {
    if (on_change_ && generation() != before) on_change_();
}

Neighbourhood::Tended Neighbourhood::tend(TimePoint now) {
    const std::uint64_t before = generation();
    Tended tended;
    {
        const MutexLock lock{mutex_};
        tended_ = {};
        for (const std::uint32_t hop : hops_.in_use()) look_after(hop, now);
        review_some();
        tended_.may_probe = may_probe_;
        tended = tended_;
    }
    tell(before);
    return tended;
}

void Neighbourhood::look_after(std::uint32_t hop, TimePoint now) {
    Care& care = cares_[hop];
    if (!care.stale_since) return;
    probe(hop, now);
    if (may_probe_) return;
    care.is_lent = care.is_lent || now - *care.stale_since >= stale_max;
    if (!care.is_lent) return;
    refresh(hop, look_up_link(questions_, hops_.next_hop(hop).interface), now);
    if (care.is_lent) ++tended_.lent;
}

void Neighbourhood::probe(std::uint32_t hop, TimePoint now) {
    Care& care = cares_[hop];
    if (!may_probe_ || (care.probed && now - *care.probed < probe_interval)) return;
    const auto error = probe_neighbour(questions_, hops_.next_hop(hop));
    may_probe_ = error.value() != EPERM;
    care.probed = now;
    if (may_probe_) ++tended_.probed;
}

void Neighbourhood::review_some() {
    if (to_review_.empty()) {
        for (const auto& [way, journey] : journeys_) to_review_.push_back(way);
    }
    const std::size_t count = std::min(to_review_.size(), reviews_each_second);
    const std::vector<Way> some{to_review_.end() - static_cast<std::ptrdiff_t>(count),
                                to_review_.end()};
    to_review_.resize(to_review_.size() - count);
    review(some);
}

}  // namespace turnpike::xdp
