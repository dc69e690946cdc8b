// SPDX-License-Identifier: BSD-3-Clause
//
// The ways out of this host: for each address that somebody relays to, the next hop, kept in the
// kernel's hops as the network is now. A packet then needs no lookup, and no forwarding is switched
// on.
//
// Invariant: a hop that is usable was the right one for all of its ways when the kernel was asked
// last, and nothing has been heard since. What is in doubt is not usable, and user space relays.
//
// Thread-safe: the workers share one. Every call takes a lock and may ask the kernel, which answers
// in microseconds; none is for a packet. The memory of the hops belongs to a Program, which
// outlives this.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/time.hpp"
#include "server/telemetry/thread_safety.hpp"
#include "server/xdp/hop_table.hpp"
#include "server/xdp/lookup.hpp"
#include "server/xdp/network_changes.hpp"

namespace turnpike::xdp {

// A user's share in a hop, to be given back.
struct Passage {
    Way way;
    std::uint32_t hop = HopTable::nowhere;  // of RouteEntry
    std::uint32_t interface = 0;            // that it leaves by: Program::open_interface()
    std::uint16_t mtu = 0;                  // of the path, where the route has one; 0: it has not
};

class Neighbourhood {
public:
    // A neighbour that nobody has heard from is asked after so long.
    static constexpr std::chrono::seconds probe_interval{30};
    // Where we may not ask: its packets go to user space after so long, until the kernel has asked.
    static constexpr std::chrono::seconds stale_max{120};
    // So many ways are looked up again after a change, at about 2 microseconds each; if it concerns
    // more, all of them are in doubt. And so many in each second without one.
    static constexpr std::size_t reviews_max = 2048;
    static constexpr std::size_t reviews_each_second = 256;

    // `on_change`: the generation has moved. Called in the thread of on_readable() or tend(), with
    // no lock held.
    [[nodiscard]] static Outcome<std::unique_ptr<Neighbourhood>> open(
        std::span<Hop> hops, std::function<void()> on_change);

    struct Resolved {
        FoundRoute route;
        Link link;            // its MAC is the source
        Neighbour neighbour;  // its MAC is the destination, if it is known
    };
    // The way as it is now, for whoever wants to know. Changes nothing.
    [[nodiscard]] OrNoHop<Resolved> resolve(const Way& way);

    // The hop may not be usable yet, because its neighbour is not known: it will be by itself, once
    // user space's sending has made the kernel look for it. Where there is none, nobody will say
    // that there is one now: ask again when the channel is refreshed.
    [[nodiscard]] OrNoHop<Passage> acquire(const Way& way, protocol::TimePoint now);
    void release(const Passage& passage, protocol::TimePoint now);
    // Hops that were written before this was opened are left alone until this says that no route
    // goes by them any more.
    void release_inherited(protocol::TimePoint now);

    // Moves when a way's hop was found wrong or is in doubt. Then every passage is to be acquired
    // again, and then the old one released: it will not be usable any more if it was concerned.
    // Lock-free.
    [[nodiscard]] std::uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }

    // Readable when the kernel has told of changes; on_readable() takes a bounded number of them.
    // True: there may be more.
    [[nodiscard]] int descriptor() const noexcept { return monitor_descriptor_; }
    bool on_readable(protocol::TimePoint now);

    struct Tended {
        std::uint32_t probed = 0;  // neighbours that the kernel was told to ask
        std::uint32_t lent = 0;    // hops whose packets are user space's for now: see stale_max
        bool may_probe = true;     // false: it needs CAP_NET_ADMIN
    };
    // Each second. Packets that bypass the kernel's IP do not tell it that a neighbour lives, so it
    // must be asked; and some changes of a way are told by nobody (a path's MTU that was learnt, a
    // carrier under a multipath route), so a few ways are looked up again.
    Tended tend(protocol::TimePoint now);

private:
    struct Journey {
        std::uint32_t hop = HopTable::nowhere;
        std::uint16_t mtu = 0;
        std::uint32_t users = 0;
    };
    // What is known of a hop beside its framing.
    struct Care {
        std::optional<protocol::TimePoint> stale_since;
        std::optional<protocol::TimePoint> probed;
        bool is_known = false;  // who the neighbour is
        bool is_lent = false;
    };
    using Journeys = boost::unordered_flat_map<Way, Journey>;

    Neighbourhood(std::span<Hop> hops, std::function<void()> on_change, Netlink questions,
                  Netlink monitor);

    [[nodiscard]] OrNoHop<Link> look_up_exit(std::uint32_t interface) TURNPIKE_REQUIRES(mutex_);
    void refresh(std::uint32_t hop, const std::optional<Link>& link, protocol::TimePoint now)
        TURNPIKE_REQUIRES(mutex_);
    void apply(const NetworkChanges& changes, protocol::TimePoint now) TURNPIKE_REQUIRES(mutex_);
    void refresh_link(std::uint32_t interface, NetworkChanges& changes, protocol::TimePoint now)
        TURNPIKE_REQUIRES(mutex_);
    void review(const std::vector<Way>& doubtful) TURNPIKE_REQUIRES(mutex_);
    void review_some() TURNPIKE_REQUIRES(mutex_);
    void retire(std::uint32_t hop) TURNPIKE_REQUIRES(mutex_);
    void look_after(std::uint32_t hop, protocol::TimePoint now) TURNPIKE_REQUIRES(mutex_);
    void probe(std::uint32_t hop, protocol::TimePoint now) TURNPIKE_REQUIRES(mutex_);
    void tell(std::uint64_t before);

    // Constant after construction.
    const std::function<void()> on_change_;
    int monitor_descriptor_;

    std::atomic<std::uint64_t> generation_{0};
    telemetry::Mutex mutex_;
    Netlink questions_ TURNPIKE_GUARDED_BY(mutex_);
    Netlink monitor_ TURNPIKE_GUARDED_BY(mutex_);
    HopTable hops_ TURNPIKE_GUARDED_BY(mutex_);
    std::vector<Care> cares_ TURNPIKE_GUARDED_BY(mutex_);
    Journeys journeys_ TURNPIKE_GUARDED_BY(mutex_);
    std::vector<Way> to_review_ TURNPIKE_GUARDED_BY(mutex_);
    bool may_probe_ TURNPIKE_GUARDED_BY(mutex_) = true;
    Tended tended_ TURNPIKE_GUARDED_BY(mutex_);
};

}  // namespace turnpike::xdp
