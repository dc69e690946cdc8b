// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/publisher.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <string_view>

#include "bench/load/failure.hpp"
#include "bench/load/json_line.hpp"

namespace turnpike::bench {
namespace {

// Where a result has this, it is said like that.
struct Phrase {
    std::string_view field;
    std::string_view before;
    std::string_view after;
};

constexpr std::array phrases{
    Phrase{"pps", "", " packets/s delivered"},
    Phrase{"allocations_per_second", "", " allocations/s"},
    Phrase{"requests_per_second", "", " requests/s"},
    Phrase{"allocations", "", " allocations"},
    Phrase{"calls", "", " calls"},
    Phrase{"octets_per_allocation", "", " octets each"},
    Phrase{"offered_pps", "", " offered"},
    Phrase{"sent", "", " sent"},
    Phrase{"lost", "", " lost"},
    Phrase{"reordered", "", " reordered"},
    Phrase{"duplicated", "", " duplicated"},
    Phrase{"latency_us.p50", "p50 ", " us"},
    Phrase{"latency_us.p99", "p99 ", " us"},
    Phrase{"server.cpu_us_per_packet", "server ", " us/packet"},
    Phrase{"server.core_busy", "its core ", " busy"},
};

}  // namespace

std::string in_words(const boost::json::object& result) {
    std::string text;
    for (const Phrase& phrase : phrases) {
        const auto number = find_number(result, phrase.field);
        if (!number) continue;
        text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", phrase.before, json_line(*number),
                            phrase.after);
    }
    if (const auto* first = result.if_contains("gives_out_first")) {
        text += fmt::format("; gives out first: {}", std::string_view{first->as_string()});
    }
    if (const auto* bottleneck = result.if_contains("bottleneck")) {
        text += fmt::format("; bottleneck: {}", std::string_view{bottleneck->as_string()});
    }
    return text;
}

Publisher::Publisher(const Output& output, std::ostream& out, std::ostream& complaints)
    : output_{output}, out_{out}, complaints_{complaints} {}

void Publisher::publish(const boost::json::object& result, Series series) {
    if (output_.json_path == "-") {
        out_ << json_line(result) << '\n' << std::flush;
    } else {
        out_ << in_words(result) << '\n' << std::flush;
        if (!output_.json_path.empty()) {
            std::ofstream file{output_.json_path, std::ios::app};
            file << json_line(result) << '\n';
            if (!file.flush()) throw BadStart{output_.json_path + ": cannot be written"};
        }
    }
    if (!output_.html_path.empty()) {
        entries_.push_back({result, std::move(series)});
        std::ofstream file{output_.html_path};
        file << html_report(entries_, conditions_here(output_.command_line));
        if (!file.flush()) throw BadStart{output_.html_path + ": cannot be written"};
    }
    for (const Requirement& each : output_.requirements) {
        const std::string complaint = each.complaint(result);
        if (complaint.empty()) continue;
        all_met_ = false;
        complaints_ << "turnpike-bench: not met: " << complaint << '\n';
    }
}

}  // namespace turnpike::bench
