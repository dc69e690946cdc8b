// SPDX-License-Identifier: BSD-3-Clause
//
// Writes metrics in Prometheus' text format 0.0.4: one family after the other, each with its help
// and type once and its samples below. Names are ours and taken as they are; texts are escaped.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "server/telemetry/histogram.hpp"

namespace turnpike::telemetry {

inline constexpr std::string_view exposition_content_type =
    "text/plain; version=0.0.4; charset=utf-8";

enum class MetricType : std::uint8_t { counter, gauge, histogram };

struct Family {
    std::string_view name;
    MetricType type = MetricType::gauge;
    std::string_view help;
};

struct Label {
    std::string_view key;
    std::string_view value;
};
// `key="value",...`, escaped; empty for none.
[[nodiscard]] std::string labels(std::initializer_list<Label> labels);

class Exposition {
public:
    // The views of the family live until the next one begins.
    void begin(const Family& family);
    // Of the family that began last.
    void sample(std::string_view labels, std::uint64_t value);
    void sample(std::string_view labels, double value);
    void sample(std::string_view labels, const HistogramValues& values);

    // A family with one sample.
    template <typename Value>
    void single(const Family& family, const Value& value) {
        begin(family);
        sample({}, value);
    }

    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    void line(std::string_view suffix, std::string_view labels, std::string_view value);

    std::string_view name_;
    std::string text_;
};

}  // namespace turnpike::telemetry
