// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/clock.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/timex.h>

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view check = "clock";
constexpr std::string_view how_to_set =
    "run a client of NTP: `apt install systemd-timesyncd` or chrony, and see `timedatectl`";

// No clock that is right shows a time before this was written.
constexpr std::chrono::sys_days written{std::chrono::year{2026} / std::chrono::November / 1};

constexpr std::chrono::milliseconds noticeable = 2s;
constexpr std::chrono::milliseconds harmful = 30s;

std::string day_of(std::chrono::system_clock::time_point time) {
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", std::chrono::floor<std::chrono::seconds>(time));
}

Finding compare(std::chrono::milliseconds ahead) {
    const auto apart = std::chrono::abs(ahead);
    const std::string seen = fmt::format("the database's clock is {:.1f} s {} this one",
                                         std::chrono::duration<double>(apart).count(),
                                         ahead.count() < 0 ? "behind" : "ahead of");
    if (apart < noticeable) return well(check, "the same as the database's");
    return {.grade = apart < harmful ? Grade::warning : Grade::problem,
            .check = check,
            .seen = seen + ": calls begin and end too late or too early",
            .advice = std::string{how_to_set} + ", on both machines"};
}

}  // namespace

ClockFacts gather_clock() {
    ClockFacts facts{.now = std::chrono::system_clock::now()};
    timex status{};
    const int state = ::adjtimex(&status);
    if (state >= 0)
        facts.is_synchronized = state != TIME_ERROR && (status.status & STA_UNSYNC) == 0;
    return facts;
}

Findings judge_clock(const ClockFacts& facts) {
    if (facts.now < written) {
        return {{.grade = Grade::problem,
                 .check = check,
                 .seen = fmt::format("it says {}, when this program was not written yet: expired "
                                     "logins are taken for good ones",
                                     day_of(facts.now)),
                 .advice = std::string{how_to_set}}};
    }
    Findings findings;
    if (facts.is_synchronized == false) {
        findings.push_back({.grade = Grade::warning,
                            .check = check,
                            .seen = fmt::format("it says {}, and nothing keeps it right: logins "
                                                "expire and calls end by it",
                                                day_of(facts.now)),
                            .advice = std::string{how_to_set}});
    } else {
        findings.push_back(
            well(check, day_of(facts.now) + (facts.is_synchronized ? ", kept right by NTP" : "")));
    }
    if (facts.database_ahead) findings.push_back(compare(*facts.database_ahead));
    return findings;
}

}  // namespace turnpike::doctor
