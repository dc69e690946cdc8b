// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/allocation.hpp"

#include <chrono>

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::Family;
using protocol::IpAddress;
using protocol::TimePoint;
using std::chrono::seconds;

constexpr AllocationId id{7};
constexpr TimePoint start = TimePoint{} + 1h;
const protocol::FiveTuple client{*Endpoint::parse("192.0.2.10:5000"),
                                 *Endpoint::parse("203.0.113.5:3478"), protocol::Transport::udp};
const Endpoint peer = *Endpoint::parse("198.51.100.7:4000");
const Endpoint peer_v6 = *Endpoint::parse("[2001:db8::7]:4000");

AllocationSeed seed_of(std::initializer_list<Family> families) {
    AllocationSeed seed;
    seed.id = id;
    seed.grant.realm = "example.org";
    seed.grant.username = "alice";
    if (families.size() == 2 || *families.begin() == Family::ipv4) {
        seed.relayed[0] = *Endpoint::parse("203.0.113.5:50000");
    }
    if (families.size() == 2 || *families.begin() == Family::ipv6) {
        seed.relayed[1] = *Endpoint::parse("[2001:db8:5::5]:50000");
    }
    return seed;
}

// An allocation on its own, with a clock.
struct Bench {
    explicit Bench(const AllocationSeed& seed = seed_of({Family::ipv4}),
                   const Settings& settings = {})
        : allocation{{seed, client}, settings, start, effects} {}

    Effects permit(const Endpoint& whom) {
        effects.clear();
        allocation.permit(std::array{whom.address}, now, effects);
        return effects;
    }
    Effects time_passes(TimePoint::duration elapsed) {
        now += elapsed;
        effects.clear();
        allocation.on_time(now, effects);
        return effects;
    }
    seconds refresh(seconds requested, std::optional<Family> family = {}) {
        effects.clear();
        return allocation.refresh(requested, family, now, effects);
    }

    Effects amend(const auth::Grant& grant) {
        effects.clear();
        allocation.amend(grant, now, effects);
        return effects;
    }

    TimePoint now = start;
    Effects effects;
    Allocation allocation;
};

TEST_CASE("an allocation asks for the tick on which it ends", "[E13][rfc8656-6]") {
    Bench bench;
    CHECK(bench.effects == Effects{SetDeadline{id, start + 600s}});
    CHECK(bench.time_passes(600s - 1ns).empty());
    CHECK_FALSE(bench.allocation.ended());
    CHECK(bench.time_passes(1ns) == Effects{EndAllocation{id, EndReason::expired}});
    CHECK(bench.allocation.ended());
    CHECK(bench.time_passes(1h).empty());
}

TEST_CASE("a lifetime is granted within bounds", "[D20][E2][rfc8656-7.2]") {
    struct Row {
        seconds requested, granted;
    };
    const Row row = GENERATE(Row{1s, 600s}, Row{600s, 600s}, Row{1800s, 1800s}, Row{3600s, 3600s},
                             Row{86400s, 3600s}, Row{seconds{0xFFFFFFFF}, 3600s});
    Bench bench;
    CHECK(bench.refresh(row.requested) == row.granted);
    CHECK(bench.allocation.lifetime_left(bench.now) == row.granted);
    CHECK(bench.allocation.next_deadline() == start + row.granted);
}

TEST_CASE("an allocation asked for with lifetime zero lives for the default", "[D20]") {
    AllocationSeed seed = seed_of({Family::ipv4});
    seed.lifetime = 0s;
    CHECK(Bench{seed}.allocation.lifetime_left(start) == 600s);
}

TEST_CASE("an operator's maximum below the default wins", "[D21]") {
    Settings settings;
    settings.lifetime_max = 120s;
    Bench bench{seed_of({Family::ipv4}), settings};
    CHECK(bench.allocation.lifetime_left(start) == 120s);
    CHECK(bench.refresh(3600s) == 120s);
}

TEST_CASE("a sooner deadline is asked for at once and a later one on the next tick", "[F2][E11]") {
    Bench bench;
    CHECK(bench.permit(peer) == Effects{InstallRoute{id, Route{{peer.address, 0}, 0}, start + 300s},
                                        SetDeadline{id, start + 300s}});
    // What is asked for already is not asked for again.
    CHECK(bench.permit(peer).size() == 1);
    bench.now += 100s;
    CHECK(bench.permit(peer) ==
          Effects{InstallRoute{id, Route{{peer.address, 0}, 0}, start + 400s}});
    // The tick that was asked for finds nothing due, and asks again.
    CHECK(bench.time_passes(200s) == Effects{SetDeadline{id, start + 400s}});
    CHECK(bench.time_passes(100s) ==
          Effects{RemoveRoute{id, Route{{peer.address, 0}, 0}}, SetDeadline{id, start + 600s}});
}

TEST_CASE("a bound channel outlives the permission that came with it", "[F13][G9][X21]") {
    Bench bench;
    bench.effects.clear();
    bench.allocation.bind(0x4000, peer, start, bench.effects);
    CHECK(bench.effects == Effects{InstallRoute{id, Route{{peer.address, 0}, 0}, start + 300s},
                                   InstallRoute{id, Route{peer, 0x4000}, start + 600s},
                                   SetDeadline{id, start + 300s}});
    bench.refresh(1800s);
    CHECK(bench.time_passes(300s) ==
          Effects{RemoveRoute{id, Route{{peer.address, 0}, 0}}, SetDeadline{id, start + 600s}});
    CHECK(bench.time_passes(300s) ==
          Effects{RemoveRoute{id, Route{peer, 0x4000}}, SetDeadline{id, start + 1800s}});
}

TEST_CASE("a late tick still ends everything that was due", "[E13][F2]") {
    Bench bench;
    bench.allocation.bind(0x4000, peer, bench.now, bench.effects);
    CHECK(bench.allocation.routes().size() == 2);
    CHECK(bench.time_passes(1h) == Effects{EndAllocation{id, EndReason::expired}});
    CHECK(bench.allocation.routes().empty());
}

TEST_CASE("each half of a dual allocation has a life of its own", "[E5][E6][E7][rfc8656-8.1]") {
    Bench bench{seed_of({Family::ipv4, Family::ipv6})};
    bench.permit(peer);
    bench.permit(peer_v6);

    SECTION("one half is prolonged and the other ends alone") {
        CHECK(bench.refresh(1800s, Family::ipv6) == 1800s);
        bench.time_passes(300s);
        bench.permit(peer);
        bench.permit(peer_v6);
        CHECK(bench.time_passes(300s) == Effects{CloseRelay{id, Family::ipv4},
                                                 RemoveRoute{id, Route{{peer_v6.address, 0}, 0}},
                                                 SetDeadline{id, start + 1800s}});
        CHECK(bench.allocation.has_family(Family::ipv6));
        CHECK_FALSE(bench.allocation.has_family(Family::ipv4));
    }
    SECTION("one half is given up and keeps the other's permissions") {
        CHECK(bench.refresh(0s, Family::ipv4) == 0s);
        CHECK(bench.effects == Effects{CloseRelay{id, Family::ipv4}});
        CHECK(bench.allocation.routes() ==
              Effects{InstallRoute{id, Route{{peer_v6.address, 0}, 0}, start + 300s}});
        bench.refresh(0s, Family::ipv6);
        CHECK(bench.effects == Effects{EndAllocation{id, EndReason::deleted}});
    }
    SECTION("both are refreshed, and both are given up, together") {
        CHECK(bench.refresh(1800s) == 1800s);
        CHECK(bench.allocation.next_deadline() == start + 300s);
        bench.refresh(0s);
        CHECK(bench.effects == Effects{EndAllocation{id, EndReason::deleted}});
    }
    SECTION("both expire on the same tick as one end") {
        CHECK(bench.time_passes(600s) == Effects{EndAllocation{id, EndReason::expired}});
    }
}

TEST_CASE("a deadline ends the allocation on its tick, whatever was refreshed", "[B55][D20]") {
    AllocationSeed seed = seed_of({Family::ipv4});
    seed.grant.deadline = start + 700s + 500ms;
    Bench bench{seed};
    CHECK(bench.refresh(3600s) == 700s);  // what is left, in whole seconds
    CHECK(bench.time_passes(700s + 499ms) == Effects{SetDeadline{id, start + 700s + 500ms}});
    CHECK(bench.refresh(3600s) == 0s);
    CHECK_FALSE(bench.allocation.ended());
    CHECK(bench.time_passes(1ms) ==
          Effects{EndAllocation{id, EndReason::deadline, auth::Limit::session_time}});
}

TEST_CASE("a grant that changes moves the deadline both ways, and the client's lifetime stays") {
    AllocationSeed seed = seed_of({Family::ipv4});
    seed.grant.deadline = start + 40s;
    seed.grant.deadline_by = auth::Limit::call_time;
    Bench bench{seed};
    CHECK(bench.allocation.lifetime_left(bench.now) == 40s);
    auth::Grant longer = seed.grant;
    longer.deadline = start + 60s;
    longer.bytes = 7;
    CHECK(bench.amend(longer) == Effects{AmendSession{id, start + 60s, 7, 0}});
    CHECK(bench.allocation.lifetime_left(bench.now) == 60s);
    CHECK(bench.time_passes(59s) == Effects{SetDeadline{id, start + 60s}});
    auth::Grant endless = longer;
    endless.deadline.reset();
    CHECK(bench.amend(endless) == Effects{AmendSession{id, std::nullopt, 7, 0}});
    CHECK(bench.allocation.lifetime_left(bench.now) == 541s);
    CHECK(bench.amend(longer) == Effects{AmendSession{id, start + 60s, 7, 0}});
    CHECK(bench.time_passes(1s) ==
          Effects{EndAllocation{id, EndReason::deadline, auth::Limit::call_time}});
}

TEST_CASE("a grant that is taken back, or over by now, ends the allocation at once") {
    AllocationSeed seed = seed_of({Family::ipv4});
    auth::Grant refused = seed.grant;
    refused.refusal = auth::Limit::account_disabled;
    Bench one{seed};
    CHECK(one.amend(refused) ==
          Effects{EndAllocation{id, EndReason::withdrawn, auth::Limit::account_disabled}});
    auth::Grant over = seed.grant;
    over.deadline = start;
    over.deadline_by = auth::Limit::call_ended;
    Bench two{seed};
    CHECK(two.amend(over) ==
          Effects{AmendSession{id, start, 0, 0},
                  EndAllocation{id, EndReason::deadline, auth::Limit::call_ended}});
}

TEST_CASE("the session limit and the grant's deadline both bind: the sooner wins", "[D20][B55]") {
    Settings settings;
    settings.session_limit = 900s;
    AllocationSeed seed = seed_of({Family::ipv4});
    CHECK(Bench{seed, settings}.allocation.deadline() == start + 900s);
    seed.grant.deadline = start + 800s;
    CHECK(Bench{seed, settings}.allocation.deadline() == start + 800s);
    seed.grant.deadline = start + 1000s;
    CHECK(Bench{seed, settings}.allocation.deadline() == start + 900s);
    CHECK_FALSE(Bench{}.allocation.deadline());
}

TEST_CASE("an allocation belongs to its user in its realm", "[B30][X25]") {
    Bench bench;
    auth::Grant grant;
    grant.realm = "example.org";
    grant.username = "alice";
    CHECK(bench.allocation.belongs_to(grant));
    grant.username = "alice ";
    CHECK_FALSE(bench.allocation.belongs_to(grant));
    grant.username = "alice";
    grant.realm = "example.net";
    CHECK_FALSE(bench.allocation.belongs_to(grant));
}

TEST_CASE("an allocation that another process began goes on as it was") {
    Bench before{seed_of({Family::ipv4, Family::ipv6}), {.session_limit = 3h}};
    before.allocation.permit(std::array{peer.address}, start + 1min, before.effects);
    before.allocation.bind(0x4000, peer_v6, start + 2min, before.effects);
    (void)before.refresh(20min, Family::ipv6);
    auto state = before.allocation.state();
    REQUIRE(state);
    CHECK(state->client == client);

    Effects effects;
    Allocation after{*state, {.session_limit = 3h}, effects};
    CHECK(after.id() == id);
    CHECK(after.routes() == before.allocation.routes());
    CHECK(after.next_deadline() == before.allocation.next_deadline());
    CHECK(after.deadline() == start + 3h);
    CHECK(after.lifetime_left(start) == before.allocation.lifetime_left(start));
    // Whoever projects it starts afresh.
    CHECK(effects.size() == after.routes().size() + 1);
    CHECK(std::holds_alternative<SetDeadline>(effects.back()));
    effects.clear();
    after.on_time(start + 10min, effects);
    CHECK_FALSE(after.has_family(Family::ipv4));
    CHECK(after.has_family(Family::ipv6));
}

TEST_CASE(
    "what hangs on a connection is not handed over, and who is on the move is where he went") {
    AllocationSeed seed = seed_of({Family::ipv4});
    seed.has_ticket = true;
    Bench moving{seed};
    protocol::FiveTuple elsewhere = client;
    elsewhere.client.port = 6000;
    moving.allocation.move({elsewhere, {}, 0, start}, moving.effects);
    const auto state = moving.allocation.state();
    REQUIRE(state);
    CHECK(state->client == elsewhere);
    CHECK(Allocation{*state, {}, moving.effects}.mobility().ticket_number() ==
          moving.allocation.mobility().ticket_number());

    protocol::FiveTuple stream = client;
    stream.transport = protocol::Transport::tls;
    Effects effects;
    CHECK_FALSE(Allocation({seed_of({Family::ipv4}), stream}, {}, start, effects).state());
    moving.allocation.end(EndReason::deleted, effects);
    CHECK_FALSE(moving.allocation.state());
}

}  // namespace
}  // namespace turnpike::turn
