// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/usage_reporter.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace turnpike::worker {

using protocol::TimePoint;

namespace {

// How many octets the character at the front takes; none where it is no character (RFC 3629).
std::size_t character_octets(std::string_view text) noexcept {
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = at(0);
    if (first < 0x80) return first == 0 ? 0 : 1;
    struct Form {
        unsigned char from, to;  // of the first octet
        std::size_t octets;
        unsigned char second_from, second_to;
    };
    static constexpr std::array forms{
        Form{0xC2, 0xDF, 2, 0x80, 0xBF}, Form{0xE0, 0xE0, 3, 0xA0, 0xBF},
        Form{0xE1, 0xEC, 3, 0x80, 0xBF}, Form{0xED, 0xED, 3, 0x80, 0x9F},
        Form{0xEE, 0xEF, 3, 0x80, 0xBF}, Form{0xF0, 0xF0, 4, 0x90, 0xBF},
        Form{0xF1, 0xF3, 4, 0x80, 0xBF}, Form{0xF4, 0xF4, 4, 0x80, 0x8F}};
    for (const Form& form : forms) {
        if (first < form.from || first > form.to || text.size() < form.octets) continue;
        if (at(1) < form.second_from || at(1) > form.second_to) return 0;
        for (std::size_t index = 2; index < form.octets; ++index) {
            if ((at(index) & 0xC0U) != 0x80U) return 0;
        }
        return form.octets;
    }
    return 0;
}

}  // namespace

std::string to_valid_utf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::size_t octets = character_octets(text);
        if (octets == 0) {
            valid += "\xEF\xBF\xBD";
            text.remove_prefix(1);
        } else {
            valid += text.substr(0, octets);
            text.remove_prefix(octets);
        }
    }
    return valid;
}

storage::Usage UsageReporter::usage_of(const Holding& holding, TimePoint now) const {
    const relay::Session& session = *holding.session;
    const protocol::FiveTuple& five_tuple = session.five_tuple();
    // By the wall as it was when the allocation began, so that its seconds are true ones.
    const auto wall = [&](TimePoint at) {
        return holding.since_wall +
               std::chrono::duration_cast<std::chrono::microseconds>(at - holding.since);
    };
    const auto wall_if = [&](const std::optional<TimePoint>& at) {
        return at ? std::optional{wall(*at)} : std::nullopt;
    };
    const std::string& call = holding.seat->call();
    const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    return {.id = fmt::format("{}-{:x}", shared_.run, static_cast<std::uint64_t>(holding.id)),
            .node = shared_.node,
            .run = shared_.run,
            .realm = holding.realm,
            .username = to_valid_utf8(holding.seat->user()),
            .call = call.empty() ? std::nullopt : std::optional{to_valid_utf8(call)},
            .transport = std::string{to_string(five_tuple.transport)},
            .client = five_tuple.client.address.to_string(),
            .client_port = five_tuple.client.port,
            .relayed = relayed_text(holding),
            .started_at = holding.since_wall,
            .first_media_at = wall_if(session.account().first_media()),
            .last_media_at = wall_if(session.account().last_media()),
            .media_seconds = number(session.account().media_seconds()),
            .updated_at = wall(now),
            .ended_at = {},
            .reason = {},
            .sent_bytes = number(session.traffic_to_peer().bytes),
            .sent_packets = number(session.traffic_to_peer().packets),
            .received_bytes = number(session.traffic_from_peer().bytes),
            .received_packets = number(session.traffic_from_peer().packets)};
}

void UsageReporter::began(const Holding& holding, TimePoint now) {
    if (is_on()) reports_.push_back({usage_of(holding, now), true});
}

void UsageReporter::goes_on(Holding& holding, TimePoint now) {
    if (!is_on()) return;
    const bool is_due = ++holding.intervals % intervals_to_due == 0;
    reports_.push_back({usage_of(holding, now), is_due});
}

void UsageReporter::handed_over(const Holding& holding, TimePoint now) {
    if (is_on()) reports_.push_back({usage_of(holding, now), true});
}

void UsageReporter::ended(const Holding& holding, std::string_view reason, TimePoint now) {
    if (!is_on()) return;
    reports_.push_back({usage_of(holding, now), true});
    storage::Usage& usage = reports_.back().usage;
    usage.ended_at = usage.updated_at;
    usage.reason = reason;
}

void UsageReporter::flush() {
    if (!reports_.empty()) shared_.ledger->post(std::exchange(reports_, {}));
}

}  // namespace turnpike::worker
