// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/attendance.hpp"

#include <thread>

#include "tests/support/catch.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;
using auth::Grant;
using auth::Limit;
using protocol::AllocationId;

const protocol::TimePoint now{1h};

Grant grant_to(std::string user, std::uint32_t allocations = 0) {
    Grant grant;
    grant.realm = "example.org";
    grant.username = grant.user = std::move(user);
    grant.allocations = allocations;
    return grant;
}

Grant in_call(std::string user, auth::CallGrant call = {}) {
    Grant grant = grant_to(std::move(user));
    grant.call = "c-1";
    grant.call_grant = call;
    return grant;
}

TEST_CASE("a user's quota counts over all workers", "[D17][P3]") {
    Attendance attendance{0s};
    auto first = attendance.admit(grant_to("alice", 2), AllocationId{1}, now);
    const auto second = attendance.admit(grant_to("alice", 2), AllocationId{2}, now);
    REQUIRE(first.seat);
    REQUIRE(second.seat);
    CHECK(attendance.allocations() == 2);
    const auto third = attendance.admit(grant_to("alice", 2), AllocationId{3}, now);
    CHECK_FALSE(third.seat);
    CHECK(third.refused == Limit::allocations);
    CHECK(attendance.admit(grant_to("bob", 2), AllocationId{4}, now).seat);
    first.seat.reset();
    CHECK(attendance.held_by("alice") == 1);
    CHECK(attendance.admit(grant_to("alice", 2), AllocationId{5}, now).seat);
}

TEST_CASE("what other servers hold counts too") {
    Attendance attendance{0s};
    Grant grant = grant_to("alice", 2);
    grant.elsewhere = auth::Elsewhere{.allocations = 2, .participants = {}};
    CHECK(attendance.admit(grant, AllocationId{1}, now).refused == Limit::allocations);
    grant.elsewhere = auth::Elsewhere{.allocations = 1, .participants = {}};
    CHECK(attendance.admit(grant, AllocationId{2}, now).seat);
}

TEST_CASE("at the quota the client that is silent longest gives way, and only then") {
    Attendance attendance{3s};
    const auto loud = attendance.admit(grant_to("alice", 2), AllocationId{1}, now);
    const auto silent = attendance.admit(grant_to("alice", 2), AllocationId{2}, now);
    loud.seat->heard().store((now + 2s).time_since_epoch().count());
    CHECK(attendance.admit(grant_to("alice", 2), AllocationId{3}, now + 2900ms).refused);
    auto next = attendance.admit(grant_to("alice", 2), AllocationId{3}, now + 3s);
    REQUIRE(next.seat);
    CHECK(next.ousted == AllocationId{2});
    // It is counted no more, and has not gone yet.
    CHECK(attendance.held_by("alice") == 2);
    CHECK(attendance.allocations() == 2);
    CHECK(silent.seat->user_limits() != nullptr);
}

TEST_CASE("what an ousted allocation shares lives as long as it does") {
    Attendance attendance{1s};
    auto ghost = attendance.admit(in_call("alice"), AllocationId{1}, now);
    Grant grant = in_call("alice");
    grant.allocations = 1;
    auto next = attendance.admit(grant, AllocationId{2}, now + 2s);
    CHECK(next.ousted == AllocationId{1});
    next.seat.reset();
    attendance.forget_left_calls(now + 100h);
    ghost.seat->user_limits()->charge(relay::Way::to_peer, 1, now);
    ghost.seat->call_limits()->charge(relay::Way::to_peer, 1, now);
    ghost.seat.reset();
    CHECK(attendance.allocations() == 0);
}

TEST_CASE("a call has places for people, not for allocations") {
    Attendance attendance{0s};
    const auth::CallGrant two{.participants = 2};
    const auto alice = attendance.admit(in_call("alice", two), AllocationId{1}, now);
    const auto again = attendance.admit(in_call("alice", two), AllocationId{2}, now);
    auto bob = attendance.admit(in_call("bob", two), AllocationId{3}, now);
    CHECK(again.seat);
    CHECK(attendance.admit(in_call("carol", two), AllocationId{4}, now).refused ==
          Limit::call_full);
    bob.seat.reset();
    Grant carol = in_call("carol", two);
    carol.elsewhere = auth::Elsewhere{.allocations = 0, .participants = {"bob"}};
    CHECK(attendance.admit(carol, AllocationId{5}, now).refused == Limit::call_full);
    carol.elsewhere = auth::Elsewhere{.allocations = 0, .participants = {"alice"}};
    CHECK(attendance.admit(carol, AllocationId{6}, now).seat);
}

TEST_CASE("what the allocations of a user and a call share is one, and changes for all") {
    Attendance attendance{0s};
    const auto one = attendance.admit(in_call("alice", {.bytes = 100}), AllocationId{1}, now);
    const auto two = attendance.admit(in_call("bob", {.bytes = 100}), AllocationId{2}, now);
    CHECK(one.seat->call_limits() == two.seat->call_limits());
    CHECK(one.seat->user_limits() != two.seat->user_limits());
    one.seat->call_limits()->charge(relay::Way::to_peer, 60, now);
    CHECK(two.seat->call_limits()->bytes_left() == 40);
    attendance.set_used_elsewhere("c-1", 30);
    CHECK(two.seat->call_limits()->bytes_left() == 10);
    attendance.amend(in_call("alice", {.bytes = 200}));
    CHECK(two.seat->call_limits()->bytes_left() == 110);
}

TEST_CASE("a call whose bytes are counted is remembered when everybody has left") {
    Attendance attendance{0s};
    auto only = attendance.admit(in_call("alice", {.bytes = 100}), AllocationId{1}, now);
    only.seat->call_limits()->charge(relay::Way::to_peer, 60, now);
    only.seat.reset();
    attendance.forget_left_calls(std::chrono::steady_clock::now() + 1h);
    const auto back = attendance.admit(in_call("alice", {.bytes = 100}), AllocationId{2}, now);
    CHECK(back.seat->call_limits()->bytes_left() == 40);
}

TEST_CASE("the first media of a call is known to whoever comes later") {
    Attendance attendance{0s};
    const auth::CallGrant minute{.length_from_media = 60s};
    const auto first = attendance.admit(in_call("alice", minute), AllocationId{1}, now);
    CHECK_FALSE(first.call_began);
    CHECK_FALSE(attendance.call_began("c-1"));
    first.seat->call_limits()->note_media(now + 5s);
    first.seat->call_limits()->note_media(now + 6s);
    CHECK(attendance.call_began("c-1") == now + 5s);
    CHECK(attendance.admit(in_call("bob", minute), AllocationId{2}, now).call_began == now + 5s);
}

TEST_CASE("what changed is told once, and everything when it is asked for") {
    Attendance attendance{0s};
    auto one = attendance.admit(in_call("alice"), AllocationId{1}, now);
    auto two = attendance.admit(in_call("alice"), AllocationId{2}, now);
    auto told = attendance.take_changed_tenures();
    REQUIRE(told.size() == 1);
    CHECK(told.front().user == "alice");
    CHECK(told.front().call == "c-1");
    CHECK(told.front().allocations == 2);
    CHECK(attendance.take_changed_tenures().empty());
    attendance.tell_all_tenures();
    CHECK(attendance.take_changed_tenures().size() == 1);
    one.seat.reset();
    two.seat.reset();
    told = attendance.take_changed_tenures();
    REQUIRE(told.size() == 1);
    CHECK(told.front().allocations == 0);
    attendance.tell_all_tenures();
    CHECK(attendance.take_changed_tenures().empty());
}

TEST_CASE("workers that come and go at once leave nothing behind") {
    Attendance attendance{1s};
    const auto work = [&](std::uint64_t worker) {
        for (std::uint64_t round = 0; round < 2000; ++round) {
            Grant grant = in_call(round % 2 == 0 ? "alice" : "bob", {.participants = 2});
            grant.allocations = 3;
            const auto admission =
                attendance.admit(grant, AllocationId{worker << 32U | round}, now + 1s * round);
            if (admission.seat) {
                admission.seat->call_limits()->charge(relay::Way::to_peer, 1, now);
            }
            attendance.amend(grant);
        }
    };
    std::vector<std::thread> workers;
    for (std::uint64_t worker = 0; worker < 4; ++worker) workers.emplace_back(work, worker);
    for (std::thread& worker : workers) worker.join();
    CHECK(attendance.allocations() == 0);
    CHECK(attendance.held_by("alice") == 0);
}

TEST_CASE("what the server allocates to ask itself is told to no other server") {
    Attendance attendance{0s};
    Grant grant = grant_to("probe-1", 4);
    grant.is_probe = true;
    auto admission = attendance.admit(grant, AllocationId{1}, now);
    REQUIRE(admission.seat);
    CHECK(attendance.held_by("probe-1") == 1);
    CHECK(attendance.allocations() == 0);
    CHECK(attendance.take_changed_tenures().empty());
    admission.seat.reset();
    attendance.tell_all_tenures();
    CHECK(attendance.take_changed_tenures().empty());
    CHECK(attendance.allocations() == 0);
}

TEST_CASE("what a call and a user have used goes on in another process") {
    Attendance before{0s};
    auto seat = before.admit(in_call("alice", {.bytes = 1000}), AllocationId{1}, now).seat;
    seat->call_limits()->charge(relay::Way::to_peer, 400, now);
    seat->call_limits()->note_media(now);
    auto shares = before.shares(now);
    REQUIRE(shares.size() == 2);

    Attendance after{0s};
    for (auto& share : shares) after.inherit(share);
    auto again = after.admit(in_call("alice", {.bytes = 1000}), AllocationId{1}, now);
    CHECK(again.call_began == now);
    CHECK(again.seat->call_limits()->bytes_left() == 600);
    // Once: who comes next shares it.
    const auto second = after.admit(in_call("bob", {.bytes = 1000}), AllocationId{2}, now);
    CHECK(second.seat->call_limits() == again.seat->call_limits());
}

TEST_CASE("what nobody came for is handed on as long as it would have been remembered") {
    Attendance first{0s};
    first.inherit({.kind = relay::LimitsOwner::Kind::call,
                   .name = "c-1",
                   .numbers = {.used = 400},
                   .left = now});
    first.inherit(
        {.kind = relay::LimitsOwner::Kind::user, .name = "alice", .numbers = {}, .left = now});
    const auto passed_on = first.shares(now + 1h);
    REQUIRE(passed_on.size() == 1);
    CHECK(passed_on.front().name == "c-1");
    CHECK(passed_on.front().left == now);
    first.forget_left_calls(now + 24h);
    CHECK(first.shares(now + 24h).empty());
}

}  // namespace
}  // namespace turnpike::accounts
