// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/figures.hpp"

#include "bench/load/json_line.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

Figures quiet() {
    Figures figures{.seconds = 2,
                    .offered_per_second = 500,
                    .sent = 1000,
                    .delivered = 1000,
                    .delivered_in_time = 1000};
    figures.usage.seconds = 2;
    figures.latency.add(std::chrono::nanoseconds{32});
    return figures;
}

TEST_CASE("nobody is a bottleneck where the rate is held and nothing lost") {
    CHECK(bottleneck_of(quiet()) == "none");
}

TEST_CASE("the server is, where its core is busy or packets get lost in it") {
    Figures figures = quiet();
    figures.usage.server_core_busy = 0.99;
    figures.usage.own_busy = 1;
    CHECK(bottleneck_of(figures) == "server");
    figures = quiet();
    figures.usage.server_cpu_seconds = 1.95;
    CHECK(bottleneck_of(figures) == "server");
    figures = quiet();
    figures.delivered = 900;
    CHECK(bottleneck_of(figures) == "server");
    figures = quiet();
    figures.offered_per_second = 600;
    figures.held_back = 100;
    CHECK(bottleneck_of(figures) == "server");
}

TEST_CASE("the bench is, where it is busy and the server not, or does not hold the rate") {
    Figures figures = quiet();
    figures.usage.own_busy = 0.97;
    figures.usage.server_core_busy = 0.5;
    CHECK(bottleneck_of(figures) == "bench");
    figures = quiet();
    figures.offered_per_second = 600;
    CHECK(bottleneck_of(figures) == "bench");
    figures = quiet();
    figures.delivered = 900;
    figures.dropped_here = 100;
    CHECK(bottleneck_of(figures) == "bench");
}

TEST_CASE("the machine is, where all of it is busy") {
    Figures figures = quiet();
    figures.usage.machine_busy = 1;
    CHECK(bottleneck_of(figures) == "machine");
}

TEST_CASE("a line has every field that applies, by its name") {
    Settings settings;
    settings.access.text = "turn:192.0.2.1";
    settings.output.labels = {{"commit", "abc"}};
    settings.load.direction = Direction::up;
    Figures figures = quiet();
    figures.usage.server_cpu_seconds = 0.01;
    figures.usage.server_resident_kilobytes = 2000;
    figures.usage.server_core_busy = 0.5;
    CHECK(json_line(relay_result(settings, figures)) ==
          R"({"test":"relay","uri":"turn:192.0.2.1","transport":"udp","direction":"up",)"
          R"("mode":"channel","flows":10,"size":172,"burst":1,"seconds":2,"offered_pps":500,)"
          R"("sent":1000,"delivered":1000,"lost":0,"reordered":0,"duplicated":0,"pps":500,)"
          R"("bits_per_second":688000,"latency_us":{"p50":0.032,"p99":0.032,"p99.9":0.032},)"
          R"("server":{"cpu_us_per_packet":10,"cpu_seconds":0.01,"rss_kb":2000,)"
          R"("core_busy":0.5,"core_us_per_packet":1000},)"
          R"("machine_cpu":0,"bench_cpu":0,"bottleneck":"none","labels":{"commit":"abc"}})");
}

TEST_CASE("a line says where no socket sent, and where there was no relay") {
    Settings settings;
    settings.load.from_kernel = settings.load.direct = true;
    const auto result = relay_result(settings, quiet());
    CHECK(result.at("wire") == true);
    CHECK(result.at("direct") == true);
}

TEST_CASE("what was not watched is left out, and a search says what stopped it") {
    Settings settings;
    settings.load.symmetric = true;
    Figures figures = quiet();
    figures.limited_by = "server";
    const auto result = relay_result(settings, figures);
    CHECK_FALSE(result.contains("server"));
    CHECK(result.at("test") == "symmetric");
    CHECK(result.at("bottleneck") == "server");
}

}  // namespace
}  // namespace turnpike::bench
