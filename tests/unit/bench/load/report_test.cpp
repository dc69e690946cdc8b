// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/report.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("a report shows each result, its plots and the conditions, and asks for nothing else") {
    const std::vector<Entry> entries{
        {.result = {{"test", "relay"}, {"pps", 1000.0}, {"latency_us", {{"p99", 12.5}}}},
         .series = {.samples = {{.at = 1, .sent_per_second = 1000}, {.at = 2}}}},
        {.result = {{"test", "binding"}}}};
    const std::string page = html_report(entries, {{"kernel", "Linux <6>"}});
    for (const char* part :
         {"<h2>relay</h2>", "<h2>binding</h2>", "<th>latency_us.p99</th><td>12.5<",
          "Packets per second", "Linux &lt;6&gt;", "</html>"}) {
        INFO(part);
        CHECK(page.find(part) != std::string::npos);
    }
    CHECK(page.find("http") == std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
}

TEST_CASE("the conditions are those of this machine, with the command") {
    const Conditions here = conditions_here("turnpike-bench relay");
    CHECK(here.front().second == "turnpike-bench relay");
    for (const auto& [name, value] : here) {
        INFO(name);
        CHECK_FALSE(value.empty());
    }
}

}  // namespace
}  // namespace turnpike::bench
