// SPDX-License-Identifier: BSD-3-Clause
//
// Times, budgets and rates in server/xdp/relay.bpf.c. The program's clock is the machine's: what
// has to be over lies an hour back, and what has to go on ends in an hour.
#include "server/relay/rate_limiter.hpp"
#include "server/xdp/monotonic.hpp"
#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using namespace test;

EntryPoint some_entry() {
    return GENERATE(EntryPoint::xdp, EntryPoint::tc);
}

protocol::TimePoint hour(int count) {
    return KernelClient::Clock::now() + count * 1h;
}

Result send(EntryPoint entry, const KernelClient& client, std::size_t octets) {
    return run(entry, encode(client.from_client(some_payload(octets))));
}

Result receive(EntryPoint entry, const KernelClient& client, std::size_t octets) {
    return run(entry, encode(client.from_peer(some_payload(octets))));
}

void check_passed(const Result& result, Verdict why) {
    CHECK(result.fate == Fate::passed);
    CHECK(result.counted == why);
}

TEST_CASE("after the deadline nothing is relayed, either way, until there is a later one", "[P2]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel(), {.deadline = hour(1)}};
    CHECK(send(entry, client, 10).fate == Fate::sent);
    KernelClient::slots().amend(client.bound().session, {.deadline = hour(-1)});
    check_passed(send(entry, client, 10), passed_deadline);
    check_passed(receive(entry, client, 10), passed_deadline);
    KernelClient::slots().amend(client.bound().session, {.deadline = hour(1)});
    CHECK(send(entry, client, 10).fate == Fate::sent);
    CHECK(client.usage().to_peer.packets == 2);
    CHECK(client.usage().from_peer.packets == 0);
}

TEST_CASE("after the allocation's lifetime nothing is relayed, until a refresh", "[rfc8656-7]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    KernelClient::slots().extend(client.bound().session, hour(-1));
    check_passed(send(entry, client, 10), passed_deadline);
    check_passed(receive(entry, client, 10), passed_deadline);
    KernelClient::slots().extend(client.bound().session, hour(1));
    CHECK(receive(entry, client, 10).fate == Fate::sent);
}

TEST_CASE("a route ends with its channel or permission, until a refresh", "[rfc8656-9]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    REQUIRE(KernelClient::routes().extend(client.bound(), hour(-1)) == Update::done);
    check_passed(send(entry, client, 10), passed_expired);
    check_passed(receive(entry, client, 10), passed_expired);
    REQUIRE(KernelClient::routes().extend(client.bound(), hour(1)) == Update::done);
    CHECK(send(entry, client, 10).fate == Fate::sent);
    CHECK(receive(entry, client, 10).fate == Fate::sent);
}

TEST_CASE("a budget is used up to its last octet, and not past it", "[P4]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel(), {.bytes = 100}};
    KernelClient::slots().set_used_elsewhere(client.bound().session, 10);
    CHECK(send(entry, client, 50).fate == Fate::sent);
    check_passed(send(entry, client, 41), passed_bytes);
    CHECK(receive(entry, client, 40).fate == Fate::sent);
    check_passed(send(entry, client, 1), passed_bytes);
    check_passed(receive(entry, client, 1), passed_bytes);
    CHECK(client.usage().to_peer.bytes == 50);
    CHECK(client.usage().from_peer.bytes == 40);
    KernelClient::slots().amend(client.bound().session, {.bytes = 101});
    CHECK(send(entry, client, 1).fate == Fate::sent);
    KernelClient::slots().set_used_elsewhere(client.bound().session, 1000);
    check_passed(send(entry, client, 0), passed_bytes);
}

TEST_CASE("what is over the rate of its way is dropped, and costs nothing", "[P3]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel(), {.bits_per_second = 8'000}};
    CHECK(send(entry, client, 1000).fate == Fate::sent);  // a second's worth: the bucket is empty
    const Result over = send(entry, client, 1);
    CHECK(over.fate == Fate::dropped);
    CHECK(over.counted == drop_bandwidth);
    CHECK(client.usage().to_peer.bytes == 1000);
    CHECK(receive(entry, client, 1000).fate == Fate::sent);
    CHECK(receive(entry, client, 1).counted == drop_bandwidth);
    KernelClient::slots().amend(client.bound().session, {});
    CHECK(send(entry, client, 1).fate == Fate::sent);
}

TEST_CASE("the bucket is charged as user space's is, to the nanosecond", "[P3]") {
    const EntryPoint entry = some_entry();
    const std::uint64_t rate = GENERATE(7U, 64'000U, 1'000'000'007U);
    const std::size_t octets = GENERATE(0U, 1U, 172U, 1200U);
    KernelClient client{channel(), {.bits_per_second = rate}};
    // Not yet full: so that no clock has a part in it.
    const std::uint64_t full = monotonic_ns(KernelClient::Clock::now() + 200ms);
    client.slot().ways[way_to_peer].full_ns = full;
    REQUIRE(send(entry, client, octets).fate == Fate::sent);
    CHECK(client.slot().ways[way_to_peer].full_ns - full ==
          static_cast<std::uint64_t>(relay::duration_at(rate, octets).count()));
}

TEST_CASE("a bucket that was full is charged from now on", "[P3]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel(), {.bits_per_second = 8'000}};
    const std::uint64_t before = monotonic_ns(KernelClient::Clock::now());
    REQUIRE(send(entry, client, 1000).fate == Fate::sent);
    const std::uint64_t after = monotonic_ns(KernelClient::Clock::now());
    const std::uint64_t full = client.slot().ways[way_to_peer].full_ns;
    CHECK(full >= before + 1'000'000'000U);
    CHECK(full <= after + 1'000'000'000U);
}

// The pool of a user who has one session here and others elsewhere.
struct PooledUser {
    Pool& pool = LoadedRelay::instance().program.pools()[3];
    KernelClient client;

    explicit PooledUser(const Pool& limits) : client{channel(), {}, 3} { pool = limits; }
};

TEST_CASE("a budget that sessions share ends all of them", "[P4]") {
    const EntryPoint entry = some_entry();
    PooledUser user{{.bits_per_second = 0,
                     .octets_max = 100,
                     .octets = 0,
                     .octets_elsewhere = 30,
                     .first_media_ns = 0,
                     .exhausted = 0,
                     .full_ns = {}}};
    CHECK(send(entry, user.client, 60).fate == Fate::sent);
    CHECK(user.pool.octets == 60);
    CHECK(user.pool.first_media_ns == monotonic_ns(*user.client.usage().first_media));
    check_passed(receive(entry, user.client, 11), passed_bytes);
    CHECK(receive(entry, user.client, 10).fate == Fate::sent);
    check_passed(send(entry, user.client, 1), passed_bytes);
    CHECK(user.pool.octets == 70);
}

TEST_CASE("a rate that sessions share holds for each way", "[P3]") {
    const EntryPoint entry = some_entry();
    PooledUser user{{.bits_per_second = 8'000,
                     .octets_max = 0,
                     .octets = 0,
                     .octets_elsewhere = 0,
                     .first_media_ns = 0,
                     .exhausted = 0,
                     .full_ns = {}}};
    CHECK(send(entry, user.client, 1000).fate == Fate::sent);
    CHECK(send(entry, user.client, 1).counted == drop_bandwidth);
    CHECK(receive(entry, user.client, 1000).fate == Fate::sent);
    CHECK(receive(entry, user.client, 1).counted == drop_bandwidth);
    CHECK(user.pool.octets == 2000);
}

TEST_CASE("a session that is closed relays no more, and keeps its count", "[P6]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    CHECK(send(entry, client, 100).fate == Fate::sent);
    CHECK(KernelClient::slots().close(client.bound().session).to_peer.bytes == 100);
    check_passed(send(entry, client, 100), passed_stale);
    check_passed(receive(entry, client, 100), passed_stale);
    CHECK(client.usage().to_peer.bytes == 100);
    CHECK(client.usage().to_peer.packets == 1);
    CHECK(client.usage().from_peer.bytes == 0);
}

TEST_CASE("media is noted: the first, the last, and seconds that had any", "[P6]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    CHECK_FALSE(client.usage().first_media);
    REQUIRE(receive(entry, client, 10).fate == Fate::sent);
    const Usage first = client.usage();
    CHECK(first.first_media == first.last_media);
    CHECK(first.media_seconds == 1);
    CHECK(client.slot().next_media_second_ns == monotonic_ns(*first.first_media + 1s));
    CHECK_FALSE(first.heard);  // the client said nothing
    // Within the same second; the machine may be slow, so the second lasts an hour here.
    client.slot().next_media_second_ns = monotonic_ns(hour(1));
    REQUIRE(send(entry, client, 10).fate == Fate::sent);
    const Usage second = client.usage();
    CHECK(second.media_seconds == 1);
    CHECK(second.first_media == first.first_media);
    CHECK(second.last_media > first.last_media);
    CHECK(second.heard == second.last_media);
    // The next one has begun.
    client.slot().next_media_second_ns = monotonic_ns(*second.last_media);
    REQUIRE(send(entry, client, 10).fate == Fate::sent);
    CHECK(client.usage().media_seconds == 2);
    CHECK(client.usage().first_media == first.first_media);
}

// Two clients of this server, each other's peer.
struct Pair {
    KernelClient alice{one(50000, 50001)};
    KernelClient bob{one(50001, 50000)};

    static BoundChannel one(std::uint16_t own, std::uint16_t other) {
        BoundChannel bound = channel();
        bound.client.port = bound.relayed.port = bound.relayed_inner.port = own;
        bound.peer = bound.relayed;
        bound.peer.port = other;
        bound.peer_inner = bound.peer;
        return bound;
    }
    [[nodiscard]] std::uint64_t charged() const {
        return alice.usage().to_peer.packets + bob.usage().from_peer.packets;
    }
};

TEST_CASE("of a hairpin both sides must be in force, or user space decides", "[rfc8656-9]") {
    const EntryPoint entry = some_entry();
    Pair pair;
    KernelClient& one = GENERATE(false, true) ? pair.alice : pair.bob;
    const std::uint32_t slot = one.bound().session;
    REQUIRE(KernelClient::routes().extend(one.bound(), hour(-1)) == Update::done);
    check_passed(send(entry, pair.alice, 10), passed_expired);
    REQUIRE(KernelClient::routes().extend(one.bound(), hour(1)) == Update::done);
    KernelClient::slots().amend(slot, {.deadline = hour(-1)});
    check_passed(send(entry, pair.alice, 10), passed_deadline);
    KernelClient::slots().amend(slot, {.bytes = 9});
    check_passed(send(entry, pair.alice, 10), passed_bytes);
    CHECK(pair.charged() == 0);
    KernelClient::slots().amend(slot, {});
    CHECK(send(entry, pair.alice, 10).counted == relayed_hairpin);
    CHECK(pair.charged() == 2);
}

TEST_CASE("of a hairpin the sender pays for what the receiver's rate drops", "[P3]") {
    const EntryPoint entry = some_entry();
    Pair pair;
    KernelClient::slots().amend(pair.bob.bound().session, {.bits_per_second = 8'000});
    CHECK(send(entry, pair.alice, 1000).counted == relayed_hairpin);
    const Result over = send(entry, pair.alice, 7);
    CHECK(over.fate == Fate::dropped);
    CHECK(over.counted == drop_bandwidth);
    CHECK(pair.alice.usage().to_peer.bytes == 1007);
    CHECK(pair.bob.usage().from_peer.bytes == 1000);
    KernelClient::slots().amend(pair.alice.bound().session, {.bits_per_second = 8});
    CHECK(send(entry, pair.alice, 1000).fate ==
          Fate::dropped);  // its own bucket was full until here
    CHECK(send(entry, pair.alice, 1).counted == drop_bandwidth);
    CHECK(pair.alice.usage().to_peer.bytes == 2007);
}

// User space charges the sender before it asks for the receiver.
TEST_CASE("a budget that both ends of a hairpin share pays for both", "[P4]") {
    const EntryPoint entry = some_entry();
    Pool& pool = LoadedRelay::instance().program.pools()[3];
    pool = {};
    pool.octets_max = 100;
    const KernelClient alice{Pair::one(50000, 50001), {}, 3};
    const KernelClient bob{Pair::one(50001, 50000), {}, 3};
    check_passed(send(entry, alice, 51), passed_bytes);
    CHECK(pool.octets == 0);
    CHECK(send(entry, alice, 50).counted == relayed_hairpin);
    CHECK(pool.octets == 100);
}

TEST_CASE("a client that is its own peer pays both ways from one budget", "[P4]") {
    const EntryPoint entry = some_entry();
    const KernelClient client{Pair::one(50000, 50000), {.bytes = 100}};
    check_passed(send(entry, client, 51), passed_bytes);
    CHECK(client.usage().to_peer.packets == 0);
    CHECK(send(entry, client, 50).counted == relayed_hairpin);
    CHECK(client.usage().to_peer.bytes + client.usage().from_peer.bytes == 100);
}

TEST_CASE("when both ends of a route are gone, so is the hairpin", "[rfc8656-12]") {
    const EntryPoint entry = some_entry();
    Pair pair;
    KernelClient::routes().remove(pair.bob.bound());
    check_passed(send(entry, pair.alice, 10), passed_unrouted);
    KernelClient::routes().remove(pair.alice.bound());
    CHECK_FALSE(send(entry, pair.alice, 10).counted);
    CHECK(pair.charged() == 0);
}

TEST_CASE("a client that moved is found by its new address, and written to there", "[rfc8016]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    const Octets from_old = encode(client.from_client(some_payload(4)));
    KernelClient::routes().remove(client.bound());
    client.bound().client = at("203.0.113.77:41000");
    client.install();
    CHECK(run(entry, from_old).fate == Fate::passed);
    CHECK(send(entry, client, 4).fate == Fate::sent);
    CHECK(receive(entry, client, 4).frame().destination == at("203.0.113.77:41000"));
    CHECK(client.usage().to_peer.packets == 1);
}

}  // namespace
}  // namespace turnpike::xdp
