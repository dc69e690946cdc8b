// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/account.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

constexpr TimePoint start = TimePoint{} + 1h;

std::uint64_t count_of(TimePoint when) {
    return static_cast<std::uint64_t>(when.time_since_epoch().count());
}

// The kernel's half of a session, as it counts.
struct Kernel {
    Meter meter() {
        return {.ways = {&ways[0], &ways[1]}, .media = &media, .octets_here = &octets_here};
    }
    void relays(Way way, std::uint64_t octets, TimePoint now) {
        WayMeter& each = ways[static_cast<std::size_t>(way)];
        each.octets += octets;
        each.packets += 1;
        each.last_media = count_of(now);
        if (media.next_second != 0 && count_of(now) < media.next_second) return;
        media.next_second = count_of(now + 1s);
        if (media.first == 0) media.first = count_of(now);
        ++media.seconds;
    }

    std::array<WayMeter, 2> ways{};
    MediaMeter media;
    std::uint64_t octets_here = 0;
};

void relays(Account& account, Way way, std::size_t octets, TimePoint now) {
    account.use_up(way, octets, now);
    account.note(way, octets, now);
}

TEST_CASE("what the kernel relays is missing to the budget at once, and the other way about") {
    Account account{{.bytes = 1000}, start};
    Kernel kernel;
    relays(account, Way::to_peer, 100, start);
    account.share(kernel.meter());
    CHECK(kernel.octets_here == 100);
    kernel.relays(Way::from_peer, 300, start);
    CHECK(account.bytes_left() == 600);
    relays(account, Way::from_peer, 50, start);
    CHECK(kernel.octets_here == 150);
    account.unshare();
    CHECK(account.bytes_left() == 550);
    account.amend({.bytes = 400});
    CHECK(account.bytes_left() == 0);
}

TEST_CASE("a way that is closed to the kernel counts what it has relayed") {
    Account account{{.bytes = 1000}, start};
    Kernel kernel;
    account.share(kernel.meter());
    kernel.relays(Way::to_peer, 70, start);
    for (WayMeter& way : kernel.ways) way.octets |= WayMeter::closed;
    CHECK(account.bytes_left() == 930);
    CHECK(account.traffic(Way::to_peer) == Traffic{1, 70});
    account.unshare();
    CHECK(account.traffic(Way::to_peer) == Traffic{1, 70});
    CHECK(account.traffic(Way::from_peer) == Traffic{});
}

TEST_CASE("both pour into one bucket") {
    Account account{{.bits_per_second = 8000}, start};  // an octet each millisecond
    Kernel kernel;
    relays(account, Way::to_peer, 100, start);
    account.share(kernel.meter());
    CHECK(kernel.ways[0].full == count_of(start + 100ms));
    relays(account, Way::to_peer, 100, start);
    CHECK(kernel.ways[0].full == count_of(start + 200ms));
    CHECK(account.has_rate(Way::to_peer, start));
    kernel.ways[0].full += 100'000'000;
    CHECK_FALSE(account.has_rate(Way::to_peer, start));
    CHECK(account.has_rate(Way::from_peer, start));
    CHECK(account.room(Way::to_peer, start).again > start);
    account.unshare();
    CHECK_FALSE(account.has_rate(Way::to_peer, start));
    CHECK(account.has_rate(Way::to_peer, start + 51ms));
}

TEST_CASE("a second with media counts once, whoever relayed in it") {
    Account account{{}, start};
    Kernel kernel;
    account.share(kernel.meter());
    CHECK_FALSE(account.first_media());
    CHECK_FALSE(account.last_media());
    kernel.relays(Way::to_peer, 1, start + 1s);
    relays(account, Way::to_peer, 1, start + 1500ms);
    CHECK(account.media_seconds() == 1);
    relays(account, Way::to_peer, 1, start + 2s);
    kernel.relays(Way::from_peer, 1, start + 2500ms);
    CHECK(account.media_seconds() == 2);
    CHECK(account.first_media() == start + 1s);
    CHECK(account.last_media() == start + 2500ms);
    CHECK(account.last_beside(Way::to_peer) == start + 1s);
    account.unshare();
    CHECK_FALSE(account.last_beside(Way::to_peer));
    CHECK(account.first_media() == start + 1s);
    CHECK(account.last_media() == start + 2500ms);
    CHECK(account.media_seconds() == 2);
    relays(account, Way::to_peer, 1, start + 2900ms);
    CHECK(account.media_seconds() == 2);
    relays(account, Way::to_peer, 1, start + 3s);
    CHECK(account.media_seconds() == 3);
}

TEST_CASE("what was relayed before the kernel came in stays") {
    Account account{{}, start};
    relays(account, Way::to_peer, 10, start);
    Kernel kernel;
    account.share(kernel.meter());
    CHECK(account.is_shared());
    CHECK(account.first_media() == start);
    kernel.relays(Way::to_peer, 20, start + 500ms);
    CHECK(account.media_seconds() == 1);
    CHECK(account.traffic(Way::to_peer) == Traffic{2, 30});
    account.unshare();
    CHECK_FALSE(account.is_shared());
    CHECK(account.traffic(Way::to_peer) == Traffic{2, 30});
    CHECK(account.first_media() == start);
}

TEST_CASE("nothing relayed is no media, shared or not") {
    Account account{{}, start};
    Kernel kernel;
    account.share(kernel.meter());
    account.unshare();
    CHECK_FALSE(account.first_media());
    relays(account, Way::from_peer, 1, start + 5s);
    CHECK(account.first_media() == start + 5s);
    CHECK(account.media_seconds() == 1);
}

TEST_CASE("another process goes on with all that was used, or with what is not shared") {
    Kernel kernel;
    Account before{{.bytes = 1000}, start};
    relays(before, Way::to_peer, 100, start);
    before.share(kernel.meter());
    kernel.relays(Way::from_peer, 50, start + 2s);

    Account alone{{.bytes = 1000}, start};
    alone.go_on(before.all());
    CHECK(alone.bytes_left() == 850);
    CHECK(alone.traffic(Way::from_peer) == Traffic{1, 50});
    CHECK(alone.media_seconds() == before.media_seconds());
    CHECK(alone.last_media() == start + 2s);

    Account beside{{.bytes = 1000}, start};
    beside.go_on(before.own());
    beside.share_again(kernel.meter());
    kernel.relays(Way::from_peer, 7, start + 3s);
    CHECK(beside.bytes_left() == 843);
    CHECK(beside.traffic(Way::to_peer) == Traffic{1, 100});
    CHECK(beside.traffic(Way::from_peer) == Traffic{2, 57});
    CHECK(beside.first_media() == start);
    beside.unshare();
    CHECK(beside.traffic(Way::from_peer) == Traffic{2, 57});
}

}  // namespace
}  // namespace turnpike::relay
