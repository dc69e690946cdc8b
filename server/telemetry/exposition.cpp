// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/exposition.hpp"

#include <array>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

namespace turnpike::telemetry {

namespace {

constexpr std::array<std::string_view, 3> type_names{"counter", "gauge", "histogram"};

void append_escaped(std::string& out, std::string_view text, bool quoted) {
    for (const char each : text) {
        if (each == '\\') {
            out += "\\\\";
        } else if (each == '\n') {
            out += "\\n";
        } else if (each == '"' && quoted) {
            out += "\\\"";
        } else {
            out += each;
        }
    }
}

double in_seconds(std::chrono::nanoseconds time) noexcept {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

std::string labels(std::initializer_list<Label> labels) {
    std::string out;
    for (const Label& label : labels) {
        if (!out.empty()) out += ',';
        out += label.key;
        out += "=\"";
        append_escaped(out, label.value, true);
        out += '"';
    }
    return out;
}

void Exposition::begin(const Family& family) {
    name_ = family.name;
    text_.append("# HELP ").append(name_) += ' ';
    append_escaped(text_, family.help, false);
    text_.append("\n# TYPE ").append(name_) += ' ';
    text_.append(type_names.at(static_cast<std::size_t>(family.type))) += '\n';
}

void Exposition::sample(std::string_view labels, std::uint64_t value) {
    line({}, labels, fmt::to_string(value));
}

void Exposition::sample(std::string_view labels, double value) {
    line({}, labels, fmt::to_string(value));
}

void Exposition::sample(std::string_view labels, const HistogramValues& values) {
    const std::string before = labels.empty() ? std::string{} : std::string{labels} + ',';
    std::uint64_t up_to = 0;
    for (std::size_t bucket = 0; bucket < latency_bounds.size(); ++bucket) {
        up_to += values.counts[bucket];
        line("_bucket", fmt::format("{}le=\"{}\"", before, in_seconds(latency_bounds[bucket])),
             fmt::to_string(up_to));
    }
    up_to += values.counts.back();
    line("_bucket", before + "le=\"+Inf\"", fmt::to_string(up_to));
    line("_sum", labels, fmt::to_string(in_seconds(values.sum)));
    line("_count", labels, fmt::to_string(up_to));
}

void Exposition::line(std::string_view suffix, std::string_view labels, std::string_view value) {
    text_.append(name_).append(suffix);
    if (!labels.empty()) (text_ += '{').append(labels) += '}';
    (text_ += ' ').append(value) += '\n';
}

}  // namespace turnpike::telemetry
