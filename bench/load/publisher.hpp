// SPDX-License-Identifier: BSD-3-Clause
//
// What becomes of results: a line of JSON, a line for a person, a word about each requirement that
// was not met.
#pragma once

#include <boost/json/object.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "bench/load/report.hpp"
#include "bench/load/settings.hpp"

namespace turnpike::bench {

class Publisher {
public:
    // Lines for people go to `out`, complaints to `complaints`; both outlive it.
    Publisher(const Output& output, std::ostream& out, std::ostream& complaints);

    // BadStart where a file cannot be written.
    void publish(const boost::json::object& result, Series series = {});
    // Whether every result was all that was required.
    [[nodiscard]] bool all_met() const noexcept { return all_met_; }

private:
    const Output& output_;
    std::ostream& out_;
    std::ostream& complaints_;
    std::vector<Entry> entries_;  // of the report
    bool all_met_ = true;
};

// One line that says the most important of a result.
[[nodiscard]] std::string in_words(const boost::json::object& result);

}  // namespace turnpike::bench
