// SPDX-License-Identifier: BSD-3-Clause
//
// Every number of an account, as the oracle has it and as the system has it: equal to the octet,
// the packet and the nanosecond.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/route_model/both_relays.hpp"

namespace turnpike::test::route_model {

// Times are the machine's.
using Sheet = std::vector<std::pair<std::string, std::int64_t>>;

[[nodiscard]] inline std::int64_t count_of(const std::optional<TimePoint>& moment) {
    return moment ? moment->time_since_epoch().count() : 0;
}

template <typename Limits>
void add_rooms(Sheet& sheet, const Limits& limits, TimePoint now, Duration ahead) {
    for (const relay::Way way : {relay::Way::to_peer, relay::Way::from_peer}) {
        const relay::RateLimiter::Room room = limits.room(way, now);
        const std::string name = way == relay::Way::to_peer ? " to peer" : " from peer";
        sheet.emplace_back("room" + name, static_cast<std::int64_t>(room.octets));
        if (room.octets == 0) sheet.emplace_back("again" + name, count_of(room.again - ahead));
    }
}

[[nodiscard]] inline Sheet traffic_of(const relay::Account& account) {
    const relay::Traffic to_peer = account.traffic(relay::Way::to_peer);
    const relay::Traffic from_peer = account.traffic(relay::Way::from_peer);
    return {{"packets to peer", to_peer.packets},     {"octets to peer", to_peer.bytes},
            {"packets from peer", from_peer.packets}, {"octets from peer", from_peer.bytes},
            {"octets left", account.bytes_left()},    {"media seconds", account.media_seconds()}};
}

[[nodiscard]] inline Sheet expected_sheet(BothRelays& relays, const Party& party, TimePoint now) {
    const relay::Account& account = relays.expected(party).account();
    Sheet sheet = traffic_of(account);
    sheet.emplace_back("first media", party.media.first.by_machine());
    sheet.emplace_back("last media", party.media.last.by_machine());
    sheet.emplace_back("heard", party.media.heard.by_machine());
    if (party.kernel) sheet.emplace_back("octets left to the kernel", account.bytes_left());
    add_rooms(sheet, account, relays.by_model(now), relays.ahead());
    return sheet;
}

[[nodiscard]] inline Sheet found_sheet(BothRelays& relays, const Party& party, TimePoint now) {
    relay::Session& session = relays.found(party);
    // As KernelRelay::look().
    if (const auto heard = session.account().last_beside(relay::Way::to_peer)) {
        session.hear_no_earlier(*heard);
    }
    Sheet sheet = traffic_of(session.account());
    sheet.emplace_back("first media", count_of(session.account().first_media()));
    sheet.emplace_back("last media", count_of(session.account().last_media()));
    sheet.emplace_back("heard", party.heard_found.load());
    if (party.kernel) {
        sheet.emplace_back("octets left to the kernel", KernelHalf::octets_left(*party.kernel));
    }
    add_rooms(sheet, session.account(), now, Duration{});
    return sheet;
}

[[nodiscard]] inline Sheet sheet_of(const relay::SharedLimits& limits, TimePoint now,
                                    Duration ahead) {
    Sheet sheet{{"octets used", limits.used()},
                {"octets left", limits.bytes_left()},
                {"exhausted", limits.is_exhausted() ? 1 : 0}};
    add_rooms(sheet, limits, now, ahead);
    return sheet;
}

[[nodiscard]] inline std::string difference(const std::string& whose, const Sheet& expected,
                                            const Sheet& found) {
    std::string text;
    for (std::size_t row = 0; row < std::max(expected.size(), found.size()); ++row) {
        if (row < expected.size() && row < found.size() && expected[row] == found[row]) continue;
        const auto tell = [&](const Sheet& sheet) {
            return row < sheet.size() ? sheet[row].first + " " + std::to_string(sheet[row].second)
                                      : std::string{"nothing"};
        };
        text += whose + ": expected " + tell(expected) + ", found " + tell(found) + "\n";
    }
    return text;
}

// Empty: the accounts agree.
[[nodiscard]] inline std::string differences(BothRelays& relays) {
    const TimePoint now = BothRelays::machine_now();
    std::string text;
    for (const auto& party : relays.parties()) {
        text += difference("party " + std::to_string(static_cast<std::uint64_t>(party->id)),
                           expected_sheet(relays, *party, now), found_sheet(relays, *party, now));
    }
    for (std::size_t index = 0; index < relays.pools().size(); ++index) {
        const SharedPool& pool = *relays.pools().at(index);
        Sheet expected = sheet_of(pool.expected, relays.by_model(now), relays.ahead());
        Sheet found = sheet_of(*pool.found, now, Duration{});
        // The kernel notes a user's first media too, which nobody asks for.
        if (index >= 2) {
            expected.emplace_back("first media", pool.first_media.by_machine());
            found.emplace_back("first media", count_of(pool.found->first_media()));
        }
        text += difference("pool " + std::to_string(index), expected, found);
    }
    return text;
}

}  // namespace turnpike::test::route_model
