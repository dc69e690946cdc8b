// SPDX-License-Identifier: BSD-3-Clause
//
// A plot of some lines over one axis, as an <svg> element that stands in a page. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace turnpike::bench {

struct PlotLine {
    std::string_view name;
    std::vector<double> values;  // one for each place on the axis
};

struct Plot {
    std::string_view title;
    std::string_view axis;       // what the places are, "seconds"
    std::vector<double> places;  // ascending
    std::vector<PlotLine> lines;
};

// Empty where there are no places. From zero to the largest value.
[[nodiscard]] std::string svg_plot(const Plot& plot);

// For text that stands in HTML or SVG.
[[nodiscard]] std::string html_escaped(std::string_view text);

}  // namespace turnpike::bench
