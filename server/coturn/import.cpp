// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "server/config/load.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

// As much as a configuration of ours may have.
constexpr std::size_t text_bytes_max = 1U << 20U;

constexpr std::string_view origin_mark = "  # line ";  // as Draft writes it

constexpr std::array outcomes{Outcome::maps,   Outcome::changed, Outcome::no_equal,
                              Outcome::unused, Outcome::unknown, Outcome::wrong};

void carry_all(Work& work) {
    carry_listeners(work);
    carry_relays(work);
    carry_peers(work);
    carry_access(work);
    carry_databases(work);
    carry_redirection(work);
    carry_limits(work);
    carry_operation(work);
}

void check(Imported& imported, const Surroundings& around) {
    if (imported.toml.size() > text_bytes_max) {
        imported.errors.push_back({around.file, "becomes larger than a configuration may be"});
        return;
    }
    config::Inputs inputs;
    inputs.around = around.kernel;
    auto loaded = config::load_text(imported.toml, toml_name, inputs);
    for (config::Problem& each : loaded.errors) {
        imported.errors.push_back(at_origin(std::move(each), imported.toml, around.file));
    }
    for (config::Problem& each : loaded.warnings) {
        imported.warnings.push_back(at_origin(std::move(each), imported.toml, around.file));
    }
}

// What `number` lines of a text are before, or the end of it.
[[nodiscard]] std::string_view from_line(std::string_view text, std::size_t number) {
    for (; number > 1 && !text.empty(); --number) {
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    }
    return text;
}

// Those of one line stay in their order. (std::stable_sort calls what C++17 has deprecated, which
// the lint minds.)
void sort_by_line(std::vector<Verdict>& verdicts) {
    std::multimap<std::size_t, Verdict> sorted;
    for (Verdict& each : verdicts) sorted.emplace(each.line, std::move(each));
    verdicts.clear();
    for (auto& [line, verdict] : sorted) verdicts.push_back(std::move(verdict));
}

}  // namespace

std::size_t Imported::count(Outcome outcome) const {
    return static_cast<std::size_t>(std::ranges::count(verdicts, outcome, &Verdict::outcome));
}

Imported import_text(std::string_view text, const Surroundings& around) {
    Imported imported;
    if (text.size() > text_bytes_max) {
        imported.errors.push_back({around.file, "is no configuration: larger than a mebibyte"});
        return imported;
    }
    const Lines lines = read_lines(text);
    Work work{lines.settings, around};
    carry_all(work);
    imported.verdicts = work.verdicts();
    sort_by_line(imported.verdicts);
    imported.notes = work.notes();
    imported.others = lines.others;
    imported.toml = work.draft().to_toml(printable(around.file));
    if (imported.count(Outcome::wrong) == 0) check(imported, around);
    return imported;
}

config::Problem at_origin(config::Problem problem, std::string_view toml, std::string_view file) {
    const auto colon = problem.where.rfind(':');
    const std::string where = std::exchange(problem.where, {});
    std::size_t line = 0;
    if (colon == std::string::npos) return problem;
    std::from_chars(where.data() + colon + 1, where.data() + where.size(), line);
    const std::string_view rest = from_line(toml, line);
    // A list has its key on one line and its elements on those that follow.
    const auto mark = rest.find(origin_mark);
    if (line == 0 || mark == std::string_view::npos) return problem;
    const std::string_view number = rest.substr(mark + origin_mark.size());
    problem.where = fmt::format("{}:{}", printable(file), number.substr(0, number.find('\n')));
    return problem;
}

std::string report(const Imported& imported, std::string_view file) {
    const std::string name = printable(file);
    std::string out;
    for (const auto& [line, outcome, setting, says] : imported.verdicts) {
        out += fmt::format("{}:{}: {}: {}: {}\n", name, line, to_string(outcome), setting, says);
    }
    for (const std::string& each : imported.notes) out += fmt::format("note: {}\n", each);
    for (const config::Problem& each : imported.warnings) {
        out += fmt::format("warning: {}\n", each.to_string());
    }
    for (const config::Problem& each : imported.errors) {
        out += fmt::format("error: {}\n", each.to_string());
    }
    out += fmt::format("{} lines:", imported.verdicts.size() + imported.others);
    for (const Outcome each : outcomes) {
        out += fmt::format(" {} {},", imported.count(each), to_string(each));
    }
    return out + fmt::format(" {} comments or empty\n", imported.others);
}

}  // namespace turnpike::coturn
