// SPDX-License-Identifier: BSD-3-Clause
//
// Where the kernel's half does something else than user space would, by design: the one list of it.
//
// - What it is not sure of it passes up, for the reasons in `reasons`, and each only where it
// holds;
//   user space then decides on the same account. So the receiver sees no difference.
// - What is over a rate it drops itself, where user space would drop it for the same reason.
// - It relays a datagram with a wrong UDP checksum, which stays wrong and ends with its receiver;
//   on its way to user space the host would drop it. Fragments, IPv4 options and several datagrams
//   in one are put together or apart by the host before user space sees them. The model has none of
//   these; relay_checksums_test and relay_refusals_test do.
// - It notes the first media of a user's pool too, which nobody asks for.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "tests/support/route_model/both_relays.hpp"

namespace turnpike::test::route_model {

// What the kernel has been given for a packet.
struct KnownRoutes {
    const BoundChannel* from = nullptr;  // whose client sent it
    const BoundChannel* to = nullptr;    // whose client is to have it

    [[nodiscard]] static KnownRoutes of(BothRelays& relays, const Frame& frame) {
        KnownRoutes known;
        const auto number =
            frame.payload.size() < 4 ? std::size_t{0} : number_at(frame.payload, 0, 2);
        known.from = find(relays, [&](const BoundChannel& each) {
            return each.client == frame.source && each.server == frame.destination &&
                   each.number == number;
        });
        Endpoint source = frame.source;
        Endpoint destination = frame.destination;
        if (known.from != nullptr) {
            if (!known.from->peer_inner) return known;
            source = known.from->relayed;
            destination = *known.from->peer_inner;
        }
        known.to = find(relays, [&](const BoundChannel& each) {
            return each.peer == source && each.relayed_inner == destination;
        });
        return known;
    }

    [[nodiscard]] bool has_expired(TimePoint when) const {
        return (from != nullptr && when >= from->expires) || (to != nullptr && when >= to->expires);
    }
    [[nodiscard]] bool is_cut_hairpin() const {
        return from != nullptr && from->peer_inner && to == nullptr;
    }
    [[nodiscard]] bool is_to_v6() const {
        return (to != nullptr ? to->client : from->peer).address.is_v6();
    }
    [[nodiscard]] const xdp::Hop& hop() const {
        return LoadedRelay::instance()
            .program.hops()[to != nullptr ? to->hop_to_client : from->hop_to_peer];
    }
    [[nodiscard]] std::size_t mtu() const {
        const std::uint16_t path = to != nullptr ? to->mtu_to_client : from->mtu_to_peer;
        return path == 0 ? hop().mtu : std::min<std::size_t>(path, hop().mtu);
    }

private:
    template <typename Predicate>
    [[nodiscard]] static const BoundChannel* find(BothRelays& relays, Predicate&& is_it) {
        for (const auto& party : relays.parties()) {
            if (!party->kernel) continue;
            const auto& installed = party->kernel->installed;
            const auto found = std::ranges::find_if(installed, is_it);
            if (found != installed.end()) return &*found;
        }
        return nullptr;
    }
};

struct PassedUp {
    const Frame& frame;
    KnownRoutes known;
    const Outcome& expected;
    TimePoint when;  // by the machine

    [[nodiscard]] bool is_dropped(relay::Drop why) const { return expected.drop == why; }
    // Of ChannelData. Negative: it is longer than its datagram.
    [[nodiscard]] std::ptrdiff_t padding() const {
        return static_cast<std::ptrdiff_t>(frame.payload.size()) - 4 -
               static_cast<std::ptrdiff_t>(number_at(frame.payload, 2, 2));
    }
    [[nodiscard]] std::size_t octets_out() const {
        const std::size_t payload =
            known.from != nullptr ? number_at(frame.payload, 2, 2) : frame.payload.size();
        return (known.is_to_v6() ? 40U : 20U) + 8U + (known.to != nullptr ? 4U : 0U) + payload;
    }
};

struct Reason {
    std::optional<Verdict> verdict;  // none: it is nothing of the kernel's
    std::string_view why;
    bool (*holds)(const PassedUp&);
};

inline constexpr std::array reasons{
    Reason{std::nullopt, "it has no route: no channel, or no way that it could send by",
           [](const PassedUp& packet) {
               return packet.known.from == nullptr && packet.known.to == nullptr;
           }},
    Reason{xdp::passed_malformed, "ChannelData longer than its datagram: user space counts it",
           [](const PassedUp& packet) {
               return packet.known.from != nullptr && packet.padding() < 0;
           }},
    Reason{xdp::passed_padding, "more padding than there is a reason for",
           [](const PassedUp& packet) {
               return packet.known.from != nullptr && packet.padding() > 3;
           }},
    Reason{xdp::passed_udp_checksum, "IPv6 wants a checksum, and it would have to read everything",
           [](const PassedUp& packet) {
               return packet.frame.checksum == Sum::none && packet.known.is_to_v6();
           }},
    Reason{xdp::passed_hop_limit, "the host knows how to answer",
           [](const PassedUp& packet) { return packet.frame.hop_limit <= 1; }},
    Reason{xdp::passed_too_big, "the host fragments it, or answers",
           [](const PassedUp& packet) { return packet.octets_out() > packet.known.mtu(); }},
    Reason{xdp::passed_expired,
           "user space may know of a refresh, or of a permission without channel",
           [](const PassedUp& packet) { return packet.known.has_expired(packet.when); }},
    Reason{xdp::passed_deadline, "user space may know of a later one, and counts it",
           [](const PassedUp& packet) { return packet.is_dropped(relay::Drop::deadline); }},
    Reason{xdp::passed_bytes,
           "user space may know of a larger budget, and tells who has used it up",
           [](const PassedUp& packet) { return packet.is_dropped(relay::Drop::bytes); }},
    Reason{xdp::passed_unrouted,
           "only user space knows the other side, or how to ask for a neighbour",
           [](const PassedUp& packet) {
               return packet.known.is_cut_hairpin() || packet.known.hop().usable == 0;
           }},
};

// Empty: it may be passed up.
[[nodiscard]] inline std::string flaw_of(std::optional<Verdict> counted, const PassedUp& packet) {
    const auto reason = std::ranges::find(reasons, counted, &Reason::verdict);
    const std::string verdict = counted ? std::to_string(*counted) : "unrelated";
    if (reason == reasons.end()) return "passed up by verdict " + verdict + " without a reason\n";
    if (reason->holds(packet)) return "";
    return "passed up by verdict " + verdict + ", but it is not so that " +
           std::string{reason->why} + "\n";
}

}  // namespace turnpike::test::route_model
