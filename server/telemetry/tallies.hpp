// SPDX-License-Identifier: BSD-3-Clause
//
// What is counted by two properties, with the names that both have as labels: answers by method and
// code, allocations that live by the client's transport and the family of their relays, limits by
// what they did.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "server/telemetry/counters.hpp"
#include "server/telemetry/histogram.hpp"
#include "server/telemetry/tally.hpp"

namespace turnpike::telemetry {

enum class RequestMethod : std::uint8_t {
    binding,
    allocate,
    refresh,
    create_permission,
    channel_bind,
    connect,
    connection_bind,
    other,
};
inline constexpr std::array<std::string_view, 8> request_methods{
    "binding",      "allocate", "refresh",         "create_permission",
    "channel_bind", "connect",  "connection_bind", "other"};

// Success first, then the codes that have a counter.
inline constexpr std::array<std::string_view, 19> answer_codes{
    "200", "300", "400", "401", "403", "405", "420", "437", "438",  "440",
    "441", "442", "443", "446", "447", "486", "500", "508", "other"};
inline constexpr unsigned success_code = 200;

[[nodiscard]] constexpr std::size_t answer_column(unsigned code) noexcept {
    if (code == success_code) return 0;
    return 1 + static_cast<std::size_t>(error_counter(code)) -
           static_cast<std::size_t>(Counter::error_300);
}
static_assert(answer_column(0) == answer_codes.size() - 1);

using AnswerValues = TallyValues<request_methods.size(), answer_codes.size()>;

class AnswerTally {
public:
    void add(RequestMethod method, unsigned code) noexcept {
        tally_.add(static_cast<std::size_t>(method), answer_column(code));
    }
    void add_to(AnswerValues& total) const noexcept { tally_.add_to(total); }

private:
    Tally<request_methods.size(), answer_codes.size()> tally_;
};

// In the order of protocol::Transport.
inline constexpr std::array<std::string_view, 4> client_transports{"udp", "tcp", "tls", "dtls"};
enum class RelayFamilies : std::uint8_t { ipv4, ipv6, both };
inline constexpr std::array<std::string_view, 3> relay_families{"ipv4", "ipv6", "both"};

using AllocationValues = TallyValues<client_transports.size(), relay_families.size()>;

// How many there are now.
class AllocationTally {
public:
    // One allocation; it is counted as long as this lives, by the thread that counts.
    class Place {
    public:
        Place() noexcept = default;
        Place(AllocationTally& tally, std::size_t transport, RelayFamilies families) noexcept
            : tally_{&tally}, transport_{transport}, families_{families} {
            tally.tally_.add(transport, static_cast<std::size_t>(families));
        }
        Place(Place&& other) noexcept
            : tally_{std::exchange(other.tally_, nullptr)},
              transport_{other.transport_},
              families_{other.families_} {}
        Place& operator=(Place&& other) noexcept {
            std::swap(tally_, other.tally_);
            std::swap(transport_, other.transport_);
            std::swap(families_, other.families_);
            return *this;
        }
        ~Place() {
            if (tally_ != nullptr) {
                tally_->tally_.take(transport_, static_cast<std::size_t>(families_));
            }
        }

    private:
        AllocationTally* tally_ = nullptr;
        std::size_t transport_ = 0;
        RelayFamilies families_ = RelayFamilies::ipv4;
    };

    void add_to(AllocationValues& total) const noexcept { tally_.add_to(total); }

private:
    Tally<client_transports.size(), relay_families.size()> tally_;
};

// What a limit did: kept a request from what it asked for, or ended an allocation.
enum class LimitEffect : std::uint8_t { refused, ended };
inline constexpr std::array<std::string_view, 2> limit_effects{"refused", "ended"};
// Room for the limits of auth/, whose names come from there.
inline constexpr std::size_t limit_kinds_max = 16;

using LimitValues = TallyValues<limit_kinds_max, limit_effects.size()>;

class LimitTally {
public:
    void add(std::size_t limit, LimitEffect effect) noexcept {
        tally_.add(limit, static_cast<std::size_t>(effect));
    }
    void add_to(LimitValues& total) const noexcept { tally_.add_to(total); }

private:
    Tally<limit_kinds_max, limit_effects.size()> tally_;
};

// All that one worker counts.
struct WorkerCounters : Counters {
    AnswerTally answers{};
    AllocationTally allocations{};
    LimitTally limits{};
    Histogram lag{};  // how late its timer was
};

}  // namespace turnpike::telemetry
