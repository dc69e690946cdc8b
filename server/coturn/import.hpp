// SPDX-License-Identifier: BSD-3-Clause
//
// A coturn configuration becomes one of ours. Pure: text goes in; TOML, and a verdict on each line
// of the text, come out. What comes out without errors is a configuration that loads; secrets of
// the text stand in the TOML and nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/config/problem.hpp"
#include "server/coturn/verdict.hpp"
#include "server/coturn/work.hpp"

namespace turnpike::coturn {

// What the TOML is called when it is loaded to see whether it is good.
inline constexpr std::string_view toml_name = "turnpike.toml";

struct Imported {
    std::string toml;
    std::vector<Verdict> verdicts;   // by line, one for each setting
    std::vector<std::string> notes;  // what differs although no line says so
    config::Problems errors;         // of the TOML as a whole
    config::Problems warnings;
    std::size_t others = 0;  // comments and empty lines

    [[nodiscard]] std::size_t count(Outcome outcome) const;
    // Whether the TOML is one to use.
    [[nodiscard]] bool ok() const { return errors.empty() && count(Outcome::wrong) == 0; }
};

[[nodiscard]] Imported import_text(std::string_view text, const Surroundings& around);

// A problem of the TOML is shown where the line is that its setting came from; nowhere, if from
// none.
[[nodiscard]] config::Problem at_origin(config::Problem problem, std::string_view toml,
                                        std::string_view file);

// "turnserver.conf:7: changed: max-bps=64000: ...", one line for each verdict, then notes, problems
// and how many there were of each kind.
[[nodiscard]] std::string report(const Imported& imported, std::string_view file);

}  // namespace turnpike::coturn
