// SPDX-License-Identifier: BSD-3-Clause
//
// Imports of a few lines of coturn's, for tests that ask what became of one of them.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/load.hpp"
#include "server/coturn/import.hpp"

namespace turnpike::test {

inline coturn::Surroundings coturn_surroundings(std::vector<std::string_view> local = {}) {
    coturn::Surroundings around{.file = "turnserver.conf", .folder = "/etc", .local = {}};
    for (const auto each : local) around.local.push_back(*protocol::IpAddress::parse(each));
    return around;
}

// One import of a text, and what it became.
struct CoturnImport {
    explicit CoturnImport(std::string_view text, std::vector<std::string_view> local = {})
        : imported{coturn::import_text(text, coturn_surroundings(std::move(local)))} {
        for (const coturn::Verdict& each : imported.verdicts) lines.push_back(each.line);
    }

    // Of the only line that is spoken of once.
    [[nodiscard]] const coturn::Verdict& at(std::size_t line) const {
        if (std::ranges::count(lines, line) != 1) throw std::logic_error{"not one verdict"};
        return *std::ranges::find(imported.verdicts, line, &coturn::Verdict::line);
    }
    [[nodiscard]] coturn::Outcome outcome(std::size_t line) const { return at(line).outcome; }
    [[nodiscard]] bool says(std::size_t line, std::string_view words) const {
        return at(line).says.find(words) != std::string::npos;
    }
    [[nodiscard]] bool notes(std::string_view words) const {
        return std::ranges::any_of(imported.notes, [words](const std::string& each) {
            return each.find(words) != std::string::npos;
        });
    }
    [[nodiscard]] bool holds(std::string_view words) const {
        return imported.toml.find(words) != std::string::npos;
    }
    // As our own loader understands it; throws where it does not.
    [[nodiscard]] config::Config config() const {
        const auto loaded = config::load_text(imported.toml, "turnpike.toml", {});
        if (!loaded.ok()) throw std::logic_error{loaded.errors.front().to_string()};
        return loaded.config;
    }

    coturn::Imported imported;
    std::vector<std::size_t> lines;
};

// "192.0.2.1:3478" of each, with a blank between.
template <typename Range>
[[nodiscard]] std::string joined(const Range& values) {
    std::string out;
    for (const auto& each : values) out += (out.empty() ? "" : " ") + each.to_string();
    return out;
}

}  // namespace turnpike::test
