// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/metrics_snapshot.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <numeric>
#include <thread>

#include "auth/limit.hpp"
#include "server/telemetry/prometheus.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_workers.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Metrics;
using telemetry::RequestMethod;

constexpr std::size_t tcp = 1;
constexpr std::size_t ipv4 = 0;
constexpr std::uint16_t channel = 0x4000;

// Two workers, and all that metrics are taken from.
struct Scenario {
    explicit Scenario(const config::Config& configuration = test::loopback_config())
        : config{configuration} {}

    [[nodiscard]] Metrics take() const {
        const auto now = std::chrono::steady_clock::now();
        const std::array workers_now{
            WorkerSource{.counters = workers.counters(0), .last_turn = now - 3s},
            WorkerSource{.counters = workers.counters(1), .last_turn = {}}};
        return take_metrics({.directory = workers.directory,
                             .post_office = workers.post_office,
                             .books = books,
                             .tls = workers.tls,
                             .connections = workers.connections,
                             .associations = workers.associations,
                             .handshakes = workers.handshakes},
                            workers_now, now);
    }
    // What a worker has done is counted by the end of its turn, which its answer does not wait for.
    [[nodiscard]] bool until(const std::function<bool(const Metrics&)>& condition) const {
        const auto end = std::chrono::steady_clock::now() + test::patience;
        while (!condition(take())) {
            if (std::chrono::steady_clock::now() > end) return false;
            std::this_thread::yield();
        }
        return true;
    }
    [[nodiscard]] std::uint64_t answers(RequestMethod method, unsigned code) const {
        return take().answers[static_cast<std::size_t>(method)][telemetry::answer_column(code)];
    }

    config::Config config;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    telemetry::Log log{{.descriptor = ::fileno(file.get())}};
    test::RunningWorkers workers{2, config};
    Bookkeeping books{config, workers.shared, workers.post_office, log};
};

TEST_CASE("allocations are counted while they live, over all workers") {
    Scenario s;
    auto alice = s.workers.client_of(0);
    auto bob = s.workers.client_of(1, "bob", "builder");
    REQUIRE(alice.allocate()->success());
    REQUIRE(bob.allocate()->success());
    CHECK(s.take().allocations[tcp][ipv4] == 2);
    CHECK(s.take().connections.tcp == 2);
    CHECK(s.take().connections.tls == 0);
    CHECK(s.take().ports.at(0).used == 2);
    CHECK(s.take().ports.at(0).free == 98);
    REQUIRE(alice.refresh(0s));
    CHECK(s.until([](const Metrics& now) { return now.allocations[tcp][ipv4] == 1; }));
}

TEST_CASE("each answer is counted once, by the method of its request and its code") {
    Scenario s;
    auto alice = s.workers.client_of(0);
    REQUIRE(alice.allocate()->success());
    CHECK(s.answers(RequestMethod::allocate, 401) == 1);
    CHECK(s.answers(RequestMethod::allocate, 200) == 1);
    REQUIRE(alice.refresh(0s));
    CHECK(s.answers(RequestMethod::refresh, 200) == 1);
    std::uint64_t all = 0;
    for (const auto& row : s.take().answers) all = std::accumulate(row.begin(), row.end(), all);
    CHECK(all == 3);
}

TEST_CASE("a limit that ends an allocation, and then refuses its client, is counted as both") {
    auto config = test::loopback_config();
    config.limits.session = 1s;
    Scenario s{config};
    auto alice = s.workers.client_of(0);
    REQUIRE(alice.allocate()->success());
    const auto limit = static_cast<std::size_t>(auth::Limit::session_time);
    using Effects = std::array<std::uint64_t, 2>;  // refused, ended
    CHECK(s.until([&](const Metrics& now) { return now.limits[limit] == Effects{0, 1}; }));
    CHECK(s.take().limit_names.at(limit) == "session_time");
    CHECK(alice.request(protocol::Method::refresh)->error() == 437);
    CHECK(s.until([&](const Metrics& now) { return now.limits[limit] == Effects{1, 1}; }));
    CHECK(s.answers(RequestMethod::refresh, 437) == 1);
}

TEST_CASE("packets from relay to relay are counted under that path, once each way") {
    Scenario s;
    auto alice = s.workers.client_of(0);
    auto bob = s.workers.client_of(1, "bob", "builder");
    REQUIRE(alice.allocate()->success());
    REQUIRE(bob.allocate()->success());
    REQUIRE(alice.bind(channel, bob.relayed()));
    REQUIRE(bob.permit(alice.relayed()));
    alice.send(channel, "hello");
    REQUIRE(bob.data());
    const auto reaches = [&](telemetry::Counter counter, std::uint64_t value) {
        return s.until([&](const Metrics& now) {
            return now.counters[static_cast<std::size_t>(counter)] == value;
        });
    };
    CHECK(reaches(telemetry::Counter::packets_to_client_hairpin, 1));
    CHECK(reaches(telemetry::Counter::packets_to_peer_hairpin, 1));
    CHECK(reaches(telemetry::Counter::bytes_to_peer_hairpin, 5));
    CHECK(reaches(telemetry::Counter::packets_to_peer, 0));
    CHECK(reaches(telemetry::Counter::packets_to_client, 0));
}

TEST_CASE("a worker's timer is found late by so much, each second, and its last turn so long ago") {
    Scenario s;
    CHECK(s.until([](const Metrics& now) {
        const auto& counts = now.workers.at(1).lag.counts;
        return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) >= 1;
    }));
    const Metrics now = s.take();
    CHECK(now.workers.at(0).last_turn_age == 3s);
    CHECK_FALSE(now.workers.at(1).last_turn_age);
}

TEST_CASE("without a database and a certificate nothing is said of them, and there is room") {
    Scenario s;
    const Metrics now = s.take();
    CHECK_FALSE(now.storage);
    CHECK_FALSE(now.certificate_expiry);
    CHECK(now.has_room);
    CHECK(now.process.resident_bytes > 0);
    CHECK(now.limit_names.size() == auth::limit_table.size());
    CHECK(telemetry::to_prometheus(now).find("turnpike_build_info{version=\"" TURNPIKE_VERSION
                                             "\"} 1\n") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::worker
