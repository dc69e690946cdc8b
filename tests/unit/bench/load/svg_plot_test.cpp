// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/svg_plot.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("a plot has its title, its axis and a line for each name") {
    const std::string svg =
        svg_plot({.title = "Rate <1>",
                  .axis = "seconds",
                  .places = {1, 2, 3},
                  .lines = {{"sent", {10, 20, 30}}, {"delivered", {10, 20, 29}}}});
    CHECK(svg.starts_with("<svg "));
    CHECK(svg.ends_with("</svg>"));
    for (const char* part : {"Rate &lt;1&gt;", "seconds", ">sent<", ">delivered<", "<polyline"}) {
        INFO(part);
        CHECK(svg.find(part) != std::string::npos);
    }
}

TEST_CASE("one place, or nothing but zeros, is drawn too; nothing is not") {
    CHECK(svg_plot({.title = "t", .axis = "a", .places = {5}, .lines = {{"x", {0}}}}).find("nan") ==
          std::string::npos);
    CHECK(svg_plot({.title = "t", .axis = "a", .places = {}, .lines = {}}).empty());
}

TEST_CASE("what means something in HTML is escaped") {
    CHECK(html_escaped("<a href=\"x\">&") == "&lt;a href=&quot;x&quot;&gt;&amp;");
}

}  // namespace
}  // namespace turnpike::bench
