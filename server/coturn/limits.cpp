// SPDX-License-Identifier: BSD-3-Clause
//
// Numbers. What lies out of our bounds is brought to the nearest one and said to be changed; what
// no number can be is an error.
#include <fmt/format.h>

#include <algorithm>

#include "server/config/option.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

constexpr std::int64_t bits_per_byte = 8;
constexpr std::int64_t large = 1'000'000'000'000;
constexpr std::int64_t nonce_default = 600;
constexpr std::int64_t lifetime_default = 3600;
constexpr std::int64_t channel_seconds = 600;     // RFC 8656 section 12
constexpr std::int64_t permission_seconds = 300;  // RFC 8656 section 9

// The option of coturn, ours, and what to add when it is said.
struct Mapping {
    std::string_view name;
    std::string_view key;
    std::string_view remark{};
};

// Within the bounds of our option.
[[nodiscard]] std::int64_t brought_in(std::string_view key, std::int64_t number) {
    const config::Option& option = *config::find_option(key);
    return std::clamp(number, option.min, option.max);
}

void carry_number(Work& work, const Mapping& mapping, const Setting& setting, std::int64_t number) {
    const std::int64_t kept = brought_in(mapping.key, number);
    work.draft().set(mapping.key, fmt::format("{}", kept), setting.line);
    std::string says = fmt::format("{} = {}", mapping.key, kept);
    if (kept != number) says += fmt::format(": {} is out of our bounds", number);
    if (!mapping.remark.empty()) says += fmt::format(": {}", mapping.remark);
    if (kept == number && mapping.remark.empty()) return work.maps(setting, says);
    work.changed(setting, says);
}

// A number that may be left out.
[[nodiscard]] std::optional<std::int64_t> number_or(Work& work, const Setting& setting,
                                                    std::int64_t fallback) {
    if (setting.value.empty()) return fallback;
    return work.number(setting, {0, large});
}

void carry_user_quota(Work& work) {
    constexpr Mapping mapping{"user-quota", "limits.allocations_per_user"};
    if (const Setting* setting = work.find(mapping.name)) {
        const auto number = work.number(*setting, {0, large});
        if (number) carry_number(work, mapping, *setting, *number);
        return;
    }
    work.draft().set(mapping.key, "0", 0);
    work.note(
        "no user-quota: as many relays for a user as wanted, limits.allocations_per_user = 0; "
        "Turnpike's own default is 16, which is enough for browsers: remove the line to have it");
}

void carry_total_quota(Work& work) {
    const Setting* setting = work.find("total-quota");
    if (setting == nullptr) return;
    const auto number = work.number(*setting, {0, large});
    if (!number) return;
    if (*number == 0) return work.maps(*setting, "no limit in all, as here");
    work.no_equal(*setting,
                  "no limit in all: relay.ports bounds it, an allocation for each port and "
                  "address; redirect.mode = \"overload\" sends clients on beyond "
                  "redirect.allocations");
}

void carry_bandwidth(Work& work) {
    constexpr Mapping mapping{
        "max-bps", "limits.bits_per_second",
        "coturn counts octets a second, Turnpike bits; of an allocation, each way"};
    if (const Setting* setting = work.find(mapping.name)) {
        const auto number = work.number(*setting, {0, large});
        if (number && *number == 0) work.maps(*setting, "no limit, as here");
        if (number && *number != 0) {
            carry_number(work, mapping, *setting, *number * bits_per_byte);
        }
    }
    const Setting* capacity = work.find("bps-capacity");
    if (capacity == nullptr) return;
    const auto number = work.number(*capacity, {0, large});
    if (!number) return;
    if (*number == 0) return work.maps(*capacity, "no limit in all, as here");
    work.no_equal(*capacity,
                  "no bandwidth is shared out over the whole server: bound it at the interface "
                  "(tc), and each allocation by limits.bits_per_second");
}

void carry_nonce(Work& work) {
    const Setting* setting = work.find("stale-nonce");
    if (setting == nullptr) return;
    const auto number = number_or(work, *setting, nonce_default);
    if (!number) return;
    Mapping mapping{"stale-nonce", "auth.nonce_seconds"};
    // 0 means for ever there.
    if (*number == 0) {
        mapping.remark =
            "for ever is not possible, an hour is the longest; clients ask again by "
            "themselves (438)";
    }
    carry_number(work, mapping, *setting,
                 *number == 0 ? config::find_option(mapping.key)->max : *number);
}

// What an RFC fixes, so that only its own number maps.
void carry_fixed(Work& work, std::string_view name, std::int64_t seconds) {
    const Setting* setting = work.find(name);
    if (setting == nullptr) return;
    const auto number = number_or(work, *setting, seconds);
    if (!number) return;
    if (*number == seconds) {
        return work.maps(*setting, fmt::format("always so: {} seconds (RFC 8656)", seconds));
    }
    work.no_equal(*setting, fmt::format("{} seconds, as RFC 8656 says and clients count on; remove "
                                        "it",
                                        seconds));
}

void carry_lifetimes(Work& work) {
    if (const Setting* setting = work.find("max-allocate-lifetime")) {
        const auto number = number_or(work, *setting, lifetime_default);
        constexpr Mapping mapping{"max-allocate-lifetime", "limits.lifetime_max"};
        if (number) carry_number(work, mapping, *setting, *number);
    }
    if (const Setting* setting = work.find("max-allocate-timeout")) {
        const auto number = work.number(*setting, {0, large});
        constexpr Mapping mapping{"max-allocate-timeout", "limits.tcp_idle",
                                  "how long a connection or a DTLS association may be without an "
                                  "allocation; over UDP nothing is kept until there is one"};
        if (number) carry_number(work, mapping, *setting, *number);
    }
    carry_fixed(work, "channel-lifetime", channel_seconds);
    carry_fixed(work, "permission-lifetime", permission_seconds);
}

void carry_threads(Work& work) {
    const Setting* setting = work.find("relay-threads");
    if (setting == nullptr) return;
    const auto number = work.number(*setting, {0, large});
    if (!number) return;
    Mapping mapping{"relay-threads", "server.workers"};
    if (*number == 0) mapping.remark = "one thread; 0 would be one for each core";
    carry_number(work, mapping, *setting, std::max<std::int64_t>(*number, 1));
}

}  // namespace

void carry_limits(Work& work) {
    carry_user_quota(work);
    carry_total_quota(work);
    carry_bandwidth(work);
    carry_nonce(work);
    carry_lifetimes(work);
    carry_threads(work);
}

}  // namespace turnpike::coturn
