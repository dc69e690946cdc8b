// SPDX-License-Identifier: BSD-3-Clause
//
// The same story again and again, each time with one thing going wrong at one of its steps.
// Whatever it is, what was taken is given back: the scenario compares what the worker holds with
// what the rules believe after every message, and in the end nothing is left.
#include <functional>
#include <string>
#include <vector>

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

struct Step {
    std::string name;
    std::function<Answer(Scenario&)> act;
};

Write dual() {
    return [](MessageBuilder& request) {
        request.family(AttributeType::additional_address_family, Family::ipv6);
    };
}

// A call of two: everything that takes or gives back something, once.
const std::vector<Step>& story() {
    static const std::vector<Step> steps{
        {"alice allocates both families", [](Scenario& s) { return s.alice.allocates(dual()); }},
        {"bob reserves a port",
         [](Scenario& s) {
             return s.bob.allocates([](MessageBuilder& request) { request.even_port({true}); });
         }},
        {"alice permits", [](Scenario& s) { return s.alice.permits({peer_v4, peer_v6}); }},
        {"alice binds", [](Scenario& s) { return s.alice.binds(0x4000, peer_v4); }},
        {"alice binds IPv6", [](Scenario& s) { return s.alice.binds(0x4001, peer_v6); }},
        {"bob binds", [](Scenario& s) { return s.bob.binds(0x4000, peer_v4); }},
        {"alice sends", [](Scenario& s) { return s.alice.sends(peer_v4, "hello"); }},
        {"alice refreshes", [](Scenario& s) { return s.alice.refreshes(1800s); }},
        {"alice gives up IPv4", [](Scenario& s) { return s.alice.refreshes(0s, Family::ipv4); }},
        {"bob gives up", [](Scenario& s) { return s.bob.refreshes(0s); }},
        {"bob allocates again", [](Scenario& s) { return s.bob.allocates(); }},
        {"alice gives up", [](Scenario& s) { return s.alice.refreshes(0s); }},
    };
    return steps;
}

using Mishap = std::function<void(Scenario&)>;

const std::vector<std::pair<std::string, Mishap>>& mishaps() {
    static const std::vector<std::pair<std::string, Mishap>> all{
        {"nothing", [](Scenario&) {}},
        {"the relay is refused by quota",
         [](Scenario& s) { s.worker.refuses_to_open = ErrorCode::allocation_quota_reached; }},
        {"the relay is refused by capacity",
         [](Scenario& s) { s.worker.refuses_to_open = ErrorCode::insufficient_capacity; }},
        {"IPv4 is out of ports", [](Scenario& s) { s.worker.out_of_ports = {true, false}; }},
        {"IPv6 is out of ports", [](Scenario& s) { s.worker.out_of_ports = {false, true}; }},
        {"both are out of ports", [](Scenario& s) { s.worker.out_of_ports = {true, true}; }},
        {"the answer does not fit", [](Scenario& s) { s.fault.reply_octets = 64; }},
        {"no answer can be built", [](Scenario& s) { s.fault.reply_octets = 0; }},
        {"the user is gone", [](Scenario& s) { s.fault.user_unknown = true; }},
        {"the client leaves during the lookup",
         [](Scenario& s) { s.fault.disconnected_before_lookup_ends = true; }},
        {"the client leaves while the relay opens",
         [](Scenario& s) { s.fault.disconnected_before_relay_opens = true; }},
        {"its retransmission is faster",
         [](Scenario& s) { s.fault.overtaken_before_relay_opens = true; }},
        {"the relay opens late", [](Scenario& s) { s.fault.relay_opens_after = 700s; }},
        {"the nonce went stale", [](Scenario& s) { s.time_passes(3601s); }},
        {"a permission ran out", [](Scenario& s) { s.time_passes(300s); }},
        {"the allocation ran out", [](Scenario& s) { s.time_passes(600s); }},
        {"the worker was busy for ten minutes", [](Scenario& s) { s.clock_jumps(600s); }},
        {"alice's connection is lost", [](Scenario& s) { s.alice.disconnects(); }},
        {"bob's connection is lost", [](Scenario& s) { s.bob.disconnects(); }},
    };
    return all;
}

void clear_mishaps(Scenario& s) {
    s.worker.refuses_to_open.reset();
    s.worker.out_of_ports = {};
    s.fault = {};
}

TEST_CASE("the story goes well where nothing goes wrong", "[D16][D26][E7][G9]") {
    Scenario s;
    for (const Step& step : story()) {
        INFO(step.name);
        const Answer answer = step.act(s);
        CHECK((answer.success() || answer.relayed_to_peer()));
    }
    CHECK(s.worker.held().size() == 1);
}

TEST_CASE("whatever goes wrong at whichever step, nothing is left behind",
          "[D30][E8][E13][P7][D17][F7]") {
    for (const auto& [name, mishap] : mishaps()) {
        for (std::size_t wrong = 0; wrong < story().size(); ++wrong) {
            INFO(name << " before \"" << story()[wrong].name << "\"");
            Scenario s;
            // As many nonces as needed are fetched first, so that the mishap hits the step itself.
            s.alice.refreshes();
            s.bob.refreshes();
            for (std::size_t index = 0; index < story().size(); ++index) {
                if (index == wrong) mishap(s);
                story()[index].act(s);
                s.check_truth();
                if (index == wrong) clear_mishaps(s);
            }
            s.time_passes(2h);
            CHECK(s.worker.held().empty());
            CHECK(s.worker.deadlines().empty());
            CHECK(s.alice.allocates().success());
            CHECK(s.bob.allocates().success());
        }
    }
}

TEST_CASE("a disconnect after any step gives everything back", "[D37][I18]") {
    for (std::size_t last = 0; last < story().size(); ++last) {
        INFO("after \"" << story()[last].name << "\"");
        Scenario s;
        for (std::size_t index = 0; index <= last; ++index) story()[index].act(s);
        s.alice.disconnects();
        s.bob.disconnects();
        CHECK(s.worker.held().empty());
        CHECK(s.worker.allocations_of("alice") == 0);
        CHECK(s.worker.allocations_of("bob") == 0);
    }
}

TEST_CASE("a shutdown after any step gives everything back", "[P7]") {
    for (std::size_t last = 0; last < story().size(); ++last) {
        Scenario s;
        for (std::size_t index = 0; index <= last; ++index) story()[index].act(s);
        Effects effects;
        s.dispatcher.end_all(EndReason::shutdown, effects);
        s.worker.carry_out(effects);
        s.check_truth();
        CHECK(s.worker.held().empty());
    }
}

TEST_CASE("an Allocate overtaken by its own retransmission holds one relay", "[D29][D30][A35]") {
    Scenario s;
    s.fault.overtaken_before_relay_opens = true;
    const Answer answer = s.alice.allocates();
    // The challenge was what the fault hit first: no relay was opened for it.
    CHECK(answer.success());
    s.alice.refreshes(0s);
    s.fault.overtaken_before_relay_opens = true;
    const AllocationId before = s.worker.last_opened();
    const Answer again = s.alice.allocates();
    CHECK(again.success());
    CHECK(static_cast<std::uint64_t>(s.worker.last_opened()) ==
          static_cast<std::uint64_t>(before) + 2);
    CHECK(s.worker.held().size() == 1);
    CHECK(again.relayed() == s.allocation_of(s.alice)->relayed(Family::ipv4));
    CHECK(s.worker.end_of(s.worker.last_opened()) == EndReason::refused);
}

TEST_CASE("a success that cannot be told is taken back", "[D30]") {
    Scenario s;
    s.alice.refreshes();
    s.fault.reply_octets = 64;
    CHECK(s.alice.allocates().silent());
    CHECK(s.worker.held().empty());
    CHECK(s.worker.end_of(s.worker.last_opened()) == EndReason::refused);
    CHECK(s.alice.repeats().success());
}

}  // namespace
}  // namespace turnpike::turn
