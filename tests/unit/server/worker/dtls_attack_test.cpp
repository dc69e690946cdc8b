// SPDX-License-Identifier: BSD-3-Clause
//
// DTLS at the hands of strangers who mean harm: forged, spoiled and endless.
#include <random>
#include <thread>

#include "server/worker/dtls_service.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/client_hello.hpp"
#include "tests/support/dtls_scenario.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::client_hello;
using test::DtlsScenario;
using test::endpoint;
using test::SocketClient;
using test::UdpSocket;

TEST_CASE("forged hellos cost nothing that lasts and get less than they send",
          "[I16][P10][threats][rfc6347-4.2.1]") {
    DtlsScenario scenario{[](config::Config& config) {
        config.limits.unauthenticated_per_second = 0;
        config.limits.unauthenticated_per_prefix_second = 0;
    }};
    constexpr unsigned count = test::many(100'000, 5'000);
    constexpr unsigned window = 64;
    std::vector<UdpSocket> senders;
    for (unsigned index = 0; index < 100; ++index) {
        senders.emplace_back(endpoint("127.0.9." + std::to_string(index + 1) + ":0"));
    }
    std::size_t sent = 0;
    std::size_t received = 0;
    const auto flood = [&](unsigned hellos) {
        for (unsigned number = 0; number < hellos; number += window) {
            const UdpSocket& sender = senders[(number / window) % senders.size()];
            for (unsigned index = 0; index < window; ++index) {
                const auto hello =
                    client_hello({.random = static_cast<std::uint8_t>(number + index)});
                sent += hello.size();
                sender.send(scenario.dtls(), hello);
            }
            for (unsigned index = 0; index < window; ++index) {
                const auto answer = sender.receive();
                REQUIRE(answer);
                received += answer->payload.size();
                REQUIRE(answer->payload.size() < sent);
            }
        }
    };
    flood(window);
    const std::size_t before = test::allocated_octets();
    flood(count);
    const std::size_t after = test::allocated_octets();
    INFO("sent " << sent << " octets, received " << received << ", allocated " << before << " then "
                 << after);
    CHECK(received < sent);
    CHECK(after < before + (1U << 20U));
    CHECK(scenario.server.count(Counter::dtls_hello_verify_requests) >= count);
    CHECK(scenario.server.count(Counter::dtls_accepted) == 0);
}

TEST_CASE("answers to hellos come out of the budget for strangers", "[P10][threats]") {
    DtlsScenario scenario{
        [](config::Config& config) { config.limits.unauthenticated_per_prefix_second = 10; }};
    const UdpSocket stranger{endpoint("127.0.9.1:0")};
    constexpr unsigned count = 200;
    for (unsigned index = 0; index < count; ++index) stranger.send(scenario.dtls(), client_hello());
    auto other = scenario.client();  // from another prefix, and behind the last of these
    const auto asked = scenario.server.count(Counter::dtls_hello_verify_requests);
    CHECK(scenario.server.count(Counter::drop_unauthenticated_budget) + asked == count + 1);
    CHECK(scenario.server.count(Counter::drop_unauthenticated_budget) > 0);
    CHECK(scenario.server.count(Counter::unauthenticated_answers) == asked);
}

// Every datagram that a client sends in a handshake and a talk, in order.
std::vector<test::Octets> whole_talk(DtlsScenario& scenario) {
    auto wire = scenario.wire();
    std::vector<test::Octets> all;
    wire->held = true;
    wire->begin();
    const auto let_go = [&] {
        for (const auto& datagram : wire->datagrams) {
            all.push_back(datagram);
            wire->send_raw(datagram);
        }
        wire->datagrams.clear();
    };
    let_go();
    while (!wire->open()) {
        REQUIRE(wire->step());
        let_go();
    }
    SocketClient client{std::move(wire)};
    auto& talking = DtlsScenario::wire_of(client);
    talking.send(client.build(protocol::MessageClass::request, Method::binding, {}));
    all.push_back(talking.datagrams.at(0));
    return all;
}

// What `datagram` becomes at the hands of somebody who means harm.
test::Octets spoiled(test::Octets datagram, std::mt19937_64& random) {
    switch (random() % 4) {
        case 0:
            datagram.resize(random() % datagram.size());
            break;
        case 1:
            datagram[random() % datagram.size()] ^= static_cast<std::byte>(1U << random() % 8);
            break;
        case 2:
            datagram.insert(datagram.end(), datagram.begin(), datagram.end());
            break;
        default:
            for (int count = 0; count < 8; ++count) {
                datagram[random() % datagram.size()] = static_cast<std::byte>(random());
            }
    }
    return datagram;
}

TEST_CASE("whatever comes at whichever point, others are served and nothing grows",
          "[I17][threats]") {
    DtlsScenario scenario{[](config::Config& config) {
        config.limits.tls_handshake = 1s;
        config.limits.tcp_idle = 1s;
    }};
    const auto talk = whole_talk(scenario);
    auto bystander = scenario.client("127.0.0.3:0");
    REQUIRE(bystander.allocate()->success());
    std::mt19937_64 random{1};
    const auto attack = [&] {
        for (std::size_t point = 0; point <= talk.size(); ++point) {
            // A handshake of its own up to this point, then what is spoiled of any datagram.
            auto wire = scenario.wire("127.0.0.5:0");
            wire->begin();
            for (std::size_t step = 0; step < point; ++step) (void)wire->step(0ms);
            for (int count = 0; count < 20; ++count) {
                wire->send_raw(spoiled(talk[random() % talk.size()], random));
            }
            wire->held = true;
            (void)wire->step(0ms);
            for (const auto& datagram : wire->datagrams) {
                for (int count = 0; count < 20; ++count) wire->send_raw(spoiled(datagram, random));
            }
            CHECK(bystander.refresh(600s));
        }
    };
    const auto all_are_over = [&] {
        const auto count = [&](Counter counter) { return scenario.server.count(counter); };
        const auto until = std::chrono::steady_clock::now() + test::patience;
        // But for the bystander's.
        while (count(Counter::dtls_accepted) >
               1 + count(Counter::dtls_closed) + count(Counter::dtls_failed) +
                   count(Counter::dtls_cut_handshake) + count(Counter::dtls_cut_idle) +
                   count(Counter::dtls_replaced)) {
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::yield();
        }
        return true;
    };
    for (int round = 0; round < 10; ++round) attack();
    CHECK(all_are_over());
    const std::size_t before = test::allocated_octets();
    for (int round = 0; round < 20; ++round) attack();
    CHECK(all_are_over());
    const std::size_t after = test::allocated_octets();
    INFO("allocated " << before << ", then " << after);
    CHECK(after < before + (4U << 20U));
    CHECK(scenario.client().exchange(Method::binding));
    CHECK(scenario.server.count(Counter::allocations_made) == 1);
}

}  // namespace
}  // namespace turnpike::worker
