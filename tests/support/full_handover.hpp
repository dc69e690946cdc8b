// SPDX-License-Identifier: BSD-3-Clause
//
// A Handover in which nothing is left out.
#pragma once

#include <chrono>
#include <utility>

#include "server/worker/handover.hpp"
#include "server/worker/handover_file.hpp"

namespace turnpike::test {

inline protocol::TimePoint moment(int seconds) {
    return protocol::TimePoint{std::chrono::seconds{seconds}};
}

// An allocation with all that one can have.
inline worker::Handover full_handover() {
    worker::HandedAllocation handed;
    turn::AllocationSeed& seed = handed.rules.seed;
    seed.id = protocol::AllocationId{7};
    seed.grant.realm = "example.org";
    seed.grant.username = "alice\xFF";  // whatever a client has sent
    seed.grant.user = "alice";
    seed.grant.token = auth::TokenSession{.key_id = "k", .mac_key = {}, .until = moment(99)};
    seed.grant.call = "c-1";
    seed.grant.call_grant = auth::CallGrant{.bytes = 5, .participants = 2};
    seed.grant.elsewhere = auth::Elsewhere{.allocations = 1, .participants = {"bob"}};
    seed.grant.deadline = moment(1000);
    seed.relayed[0] = protocol::Endpoint::parse("203.0.113.5:50000");
    seed.family_error[1] = protocol::ErrorCode::insufficient_capacity;
    handed.rules.client = {*protocol::Endpoint::parse("192.0.2.10:5000"),
                           *protocol::Endpoint::parse("203.0.113.5:3478"),
                           protocol::Transport::udp};
    handed.rules.routes = {
        {seed.id, {*protocol::Endpoint::parse("198.51.100.7:0"), 0}, moment(5)},
        {seed.id, {*protocol::Endpoint::parse("198.51.100.7:4000"), 0x4000}, moment(6)}};
    handed.bound[0] = protocol::Endpoint::parse("10.0.0.1:50000");
    handed.all.traffic[1] = {.packets = 3, .bytes = 400};
    handed.slot = 11;
    worker::Handover handover{.boot = worker::boot_name(),
                              .node = "relay-1",
                              .run = "0123",
                              .until = moment(50),
                              .keys = {},
                              .workers = {},
                              .limits = {}};
    handover.keys.nonces[0] = std::byte{0xAB};
    handover.workers.push_back({.opened = 9, .allocations = {std::move(handed)}});
    handover.limits.push_back(
        {.share = {.kind = relay::LimitsOwner::Kind::call, .name = "c-1", .numbers = {.used = 4}},
         .pool = 3});
    return handover;
}

}  // namespace turnpike::test
