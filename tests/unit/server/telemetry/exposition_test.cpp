// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/exposition.hpp"

#include <limits>
#include <string>
#include <utility>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a family has its help and its type once, and its samples below") {
    Exposition out;
    out.begin({"turnpike_drops_total", MetricType::counter, "Packets dropped"});
    out.sample(R"(reason="loop")", std::uint64_t{3});
    out.sample(R"(reason="bytes")", std::uint64_t{0});
    CHECK(std::move(out).take() ==
          "# HELP turnpike_drops_total Packets dropped\n"
          "# TYPE turnpike_drops_total counter\n"
          "turnpike_drops_total{reason=\"loop\"} 3\n"
          "turnpike_drops_total{reason=\"bytes\"} 0\n");
}

TEST_CASE("a family of one sample has no braces") {
    Exposition out;
    out.single({"up", MetricType::gauge, "Whether"}, 0.5);
    CHECK(std::move(out).take() == "# HELP up Whether\n# TYPE up gauge\nup 0.5\n");
}

TEST_CASE("no count is rounded, however large, and a time keeps its milliseconds") {
    Exposition out;
    out.begin({"c", MetricType::counter, "c"});
    out.sample("", std::numeric_limits<std::uint64_t>::max());
    out.sample("", 1764547200.125);
    const std::string text = std::move(out).take();
    CHECK(text.ends_with("c 18446744073709551615\nc 1764547200.125\n"));
}

TEST_CASE("quotes, backslashes and line ends in a text are escaped") {
    CHECK(labels({{"file", "a\"b\\c\nd"}}) == R"(file="a\"b\\c\nd")");
    CHECK(labels({{"one", "1"}, {"two", ""}}) == R"(one="1",two="")");
    CHECK(labels({}).empty());
    Exposition out;
    out.begin({"c", MetricType::counter, "say \"so\"\\\nand so"});
    CHECK(std::move(out).take().starts_with("# HELP c say \"so\"\\\\\\nand so\n# TYPE"));
}

TEST_CASE("the buckets of a histogram count all that is no longer, and the last one everything") {
    Histogram histogram;
    histogram.record(400us);
    histogram.record(2ms);
    histogram.record(1h);
    Exposition out;
    out.begin({"took_seconds", MetricType::histogram, "Time"});
    out.sample(R"(of="all")", histogram.read());
    const std::string text = std::move(out).take();
    CHECK(
        text.starts_with("# HELP took_seconds Time\n# TYPE took_seconds histogram\n"
                         "took_seconds_bucket{of=\"all\",le=\"0.0005\"} 1\n"
                         "took_seconds_bucket{of=\"all\",le=\"0.001\"} 1\n"
                         "took_seconds_bucket{of=\"all\",le=\"0.0025\"} 2\n"));
    CHECK(
        text.ends_with("took_seconds_bucket{of=\"all\",le=\"5\"} 2\n"
                       "took_seconds_bucket{of=\"all\",le=\"+Inf\"} 3\n"
                       "took_seconds_sum{of=\"all\"} 3600.0024\n"
                       "took_seconds_count{of=\"all\"} 3\n"));
}

TEST_CASE("a histogram without labels has the bound alone") {
    Exposition out;
    out.single({"took_seconds", MetricType::histogram, "Time"}, HistogramValues{});
    const std::string text = std::move(out).take();
    CHECK(text.find("took_seconds_bucket{le=\"0.0005\"} 0\n") != std::string::npos);
    CHECK(text.ends_with("took_seconds_sum 0\ntook_seconds_count 0\n"));
}

}  // namespace
}  // namespace turnpike::telemetry
