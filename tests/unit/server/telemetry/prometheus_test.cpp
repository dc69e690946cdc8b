// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/prometheus.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

using namespace std::chrono_literals;

// With something everywhere, as a server on PostgreSQL with a certificate has it.
Metrics everything() {
    Metrics metrics{.version = "1.2.3"};
    metrics.limit_names = {"session_time", "bytes"};
    metrics.workers = {{.lag = {}, .last_turn_age = 250ms}, {.lag = {}, .last_turn_age = {}}};
    metrics.ports = {{.address = "192.0.2.1", .free = 90, .used = 10}};
    metrics.storage = StorageMetrics{.connected = true};
    metrics.certificate_expiry = WallTime{2000s};
    metrics.condition.reloaded = WallTime{500s};
    return metrics;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

bool has_line(const Metrics& metrics, const std::string& line) {
    const auto lines = lines_of(to_prometheus(metrics));
    return std::ranges::find(lines, line) != lines.end();
}

// The series: samples without their values.
std::vector<std::string> series_of(const Metrics& metrics) {
    std::vector<std::string> series;
    for (const std::string& line : lines_of(to_prometheus(metrics))) {
        if (!line.starts_with('#')) series.push_back(line.substr(0, line.rfind(' ')));
    }
    return series;
}

TEST_CASE("each family is told once, with help and type, and its samples stand together") {
    const std::regex head{R"(# (HELP|TYPE) ([a-z_]+) (.+))"};
    const std::regex sample{R"(([a-z_]+)(\{[^{}]*\})? [0-9][0-9.e+-]*)"};
    std::map<std::string, int> heads;
    std::string family;
    for (const std::string& line : lines_of(to_prometheus(everything()))) {
        INFO(line);
        std::smatch match;
        if (std::regex_match(line, match, head)) {
            family = match[2];
            ++heads[std::string{match[1]} + " " + family];
            if (match[1] == "TYPE") CHECK(heads["HELP " + family] == 1);
            continue;
        }
        REQUIRE(std::regex_match(line, match, sample));
        CHECK(match[1].str().starts_with(family));
        CHECK(heads["TYPE " + family] == 1);
    }
    CHECK(heads.size() > 80);
    for (const auto& [each, count] : heads) {
        INFO(each);
        CHECK(count == 1);
    }
}

TEST_CASE("no series stands twice") {
    const auto series = series_of(everything());
    CHECK(std::set<std::string>(series.begin(), series.end()).size() == series.size());
}

TEST_CASE("labels are of a set that does not grow: no user, no client, no allocation",
          "[threats]") {
    const std::set<std::string> allowed{"version",   "transport", "family", "method", "code",
                                        "direction", "path",      "reason", "result", "how",
                                        "operation", "limit",     "effect", "worker", "address",
                                        "mailbox",   "event",     "kind",   "le"};
    const std::regex label{R"re(([a-z_]+)="[^"]*")re"};
    for (const std::string& each : series_of(everything())) {
        for (std::sregex_iterator match{each.begin(), each.end(), label}, end; match != end;
             ++match) {
            INFO(each);
            CHECK(allowed.contains((*match)[1]));
        }
    }
}

TEST_CASE("there are as many series when everything has been counted as when nothing has",
          "[threats]") {
    Metrics busy = everything();
    busy.counters.fill(std::numeric_limits<std::uint64_t>::max());
    for (auto& row : busy.answers) row.fill(7);
    for (auto& row : busy.allocations) row.fill(7);
    for (auto& row : busy.limits) row.fill(7);
    busy.connections = {.tcp = 1, .tls = 2, .dtls = 3, .handshakes = 4};
    busy.storage->connected = false;
    busy.condition.draining = true;
    CHECK(series_of(busy) == series_of(everything()));
}

TEST_CASE("names follow the conventions: base units, and _total for what only grows") {
    for (const std::string& line : lines_of(to_prometheus(everything()))) {
        if (!line.starts_with("# TYPE ")) continue;
        INFO(line);
        const bool is_counter = line.ends_with(" counter");
        CHECK((line.find("_total ") != std::string::npos) == is_counter);
        CHECK((line.starts_with("# TYPE turnpike_") || line.starts_with("# TYPE process_")));
        CHECK(line.find("_micro") == std::string::npos);
        CHECK(line.find("_milli") == std::string::npos);
    }
}

TEST_CASE("a counter of the table comes out under its name and labels") {
    Metrics metrics = everything();
    metrics.counters[static_cast<std::size_t>(Counter::bytes_to_peer_hairpin)] = 123;
    metrics.counters[static_cast<std::size_t>(Counter::tls_resumed)] = 5;
    metrics.counters[static_cast<std::size_t>(Counter::dtls_handshakes)] = 6;
    CHECK(has_line(metrics,
                   R"(turnpike_relayed_bytes_total{direction="to_peer",path="hairpin"} 123)"));
    CHECK(has_line(metrics, R"(turnpike_handshakes_total{transport="tls",result="resumed"} 5)"));
    CHECK(has_line(metrics, R"(turnpike_handshakes_total{transport="dtls",result="completed"} 6)"));
}

TEST_CASE("what is counted by two properties comes out with both") {
    Metrics metrics = everything();
    metrics.answers[1][answer_column(486)] = 4;
    metrics.allocations[3][2] = 9;
    metrics.limits[1][1] = 2;
    metrics.mailbox_drops[0] = 8;
    CHECK(has_line(metrics, R"(turnpike_requests_total{method="allocate",code="486"} 4)"));
    CHECK(has_line(metrics, R"(turnpike_allocations{transport="dtls",family="both"} 9)"));
    CHECK(has_line(metrics, R"(turnpike_limits_hit_total{limit="bytes",effect="ended"} 2)"));
    CHECK(has_line(metrics, R"(turnpike_mailbox_dropped_total{mailbox="datagrams"} 8)"));
}

TEST_CASE("times are in seconds since 1970, with what is behind the point") {
    Metrics metrics = everything();
    metrics.certificate_expiry = WallTime{1'764'547'200'250ms};
    CHECK(has_line(metrics, "turnpike_certificate_expiry_timestamp_seconds 1764547200.25"));
    CHECK(has_line(metrics, R"(turnpike_worker_last_turn_age_seconds{worker="0"} 0.25)"));
    CHECK(has_line(metrics, "turnpike_config_last_reload_success_timestamp_seconds 500"));
}

TEST_CASE("new allocations are made unless it drains, the journal is full or no port is free") {
    const std::string yes = "turnpike_accepting_allocations 1";
    Metrics metrics = everything();
    CHECK(has_line(metrics, yes));
    SECTION("draining") {
        metrics.condition.draining = true;
    }
    SECTION("the journal") {
        metrics.has_room = false;
    }
    SECTION("ports") {
        metrics.ports[0].free = 0;
    }
    CHECK(has_line(metrics, "turnpike_accepting_allocations 0"));
}

TEST_CASE("what a server does not have it says nothing of") {
    Metrics metrics = everything();
    metrics.storage.reset();
    metrics.certificate_expiry.reset();
    const std::string text = to_prometheus(metrics);
    CHECK(text.find("turnpike_storage_connected") == std::string::npos);
    CHECK(text.find("turnpike_journal_fill_ratio") == std::string::npos);
    CHECK(text.find("turnpike_certificate") == std::string::npos);
    CHECK(text.find("turnpike_storage_errors_total") != std::string::npos);
}

TEST_CASE("a worker that has had no turn yet has no time of it, but its lag") {
    const auto series = series_of(everything());
    const auto has = [&](const std::string& each) { return std::ranges::count(series, each) == 1; };
    CHECK(has(R"(turnpike_worker_last_turn_age_seconds{worker="0"})"));
    CHECK_FALSE(has(R"(turnpike_worker_last_turn_age_seconds{worker="1"})"));
    CHECK(has(R"(turnpike_worker_lag_seconds_count{worker="1"})"));
}

}  // namespace
}  // namespace turnpike::telemetry
