// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace turnpike::bench {
namespace {

constexpr double width = 640;
constexpr double height = 220;
constexpr double left = 70;
constexpr double right = 34;
constexpr double top = 30;
constexpr double bottom = 36;
constexpr std::array<std::string_view, 4> colours{"#1f6fb4", "#d95f02", "#1b9e77", "#7570b3"};

double largest(const Plot& plot) {
    double value = 0;
    for (const PlotLine& line : plot.lines) {
        for (const double each : line.values) value = std::max(value, each);
    }
    return value > 0 ? value : 1;
}

// 1, 2 or 5 times a power of ten: about four of them up to the largest value.
double step_of(double value) {
    const double raw = value / 4;
    const double power = std::pow(10, std::floor(std::log10(raw)));
    for (const double each : {1.0, 2.0, 5.0}) {
        if (each * power >= raw) return each * power;
    }
    return 10 * power;
}

class Drawing {
public:
    explicit Drawing(const Plot& plot)
        : plot_{plot},
          first_{plot.places.front()},
          span_{std::max(plot.places.back() - first_, 1e-9)},
          step_{step_of(largest(plot))},
          top_value_{std::ceil(largest(plot) / step_) * step_} {}

    [[nodiscard]] std::string text() const {
        std::string out = fmt::format(
            R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><text x="{}" y="16" class="t">{}</text>)",
            width, height, html_escaped(plot_.title), left, html_escaped(plot_.title));
        add_axes(out);
        for (std::size_t each = 0; each < plot_.lines.size(); ++each) add_line(out, each);
        return out + "</svg>";
    }

private:
    [[nodiscard]] double x(double place) const {
        return left + (place - first_) / span_ * (width - left - right);
    }
    [[nodiscard]] double y(double value) const {
        return height - bottom - value / top_value_ * (height - top - bottom);
    }
    void add_axes(std::string& out) const {
        for (double value = 0; value <= top_value_ * 1.001; value += step_) {
            out += fmt::format(
                R"(<path d="M{} {:.1f}H{}" class="g"/><text x="{}" y="{:.1f}" class="y">{:.6g}</text>)",
                left, y(value), width - right, left - 6, y(value) + 4, value);
        }
        for (const double place : {plot_.places.front(), plot_.places.back()}) {
            out += fmt::format(R"(<text x="{:.1f}" y="{}" class="x">{:.6g}</text>)", x(place),
                               height - bottom + 16, place);
        }
        out += fmt::format(R"(<text x="{}" y="{}" class="x">{}</text>)", (left + width) / 2,
                           height - 6, html_escaped(plot_.axis));
    }
    void add_line(std::string& out, std::size_t index) const {
        const PlotLine& line = plot_.lines[index];
        const std::string_view colour = colours[index % colours.size()];
        std::string points;
        for (std::size_t each = 0; each < line.values.size(); ++each) {
            points += fmt::format("{:.1f},{:.1f} ", x(plot_.places[each]), y(line.values[each]));
        }
        out += fmt::format(R"(<polyline points="{}" stroke="{}" fill="none" stroke-width="2"/>)",
                           points, colour);
        out +=
            fmt::format(R"(<text x="{}" y="16" fill="{}" class="l">{}</text>)",
                        width - right - 110 * static_cast<double>(plot_.lines.size() - 1 - index),
                        colour, html_escaped(line.name));
    }

    const Plot& plot_;
    double first_;
    double span_;
    double step_;
    double top_value_;
};

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char each : text) {
        switch (each) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += each;
        }
    }
    return out;
}

std::string svg_plot(const Plot& plot) {
    return plot.places.empty() ? "" : Drawing{plot}.text();
}

}  // namespace turnpike::bench
