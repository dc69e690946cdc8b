// SPDX-License-Identifier: BSD-3-Clause
//
// An import while it goes on: the lines that still count, by option; our configuration as far as it
// is put together; and what was said of each line. Each line is spoken of once. The text that was
// read outlives this.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "server/config/validate.hpp"
#include "server/coturn/draft.hpp"
#include "server/coturn/row.hpp"
#include "server/coturn/setting.hpp"
#include "server/coturn/verdict.hpp"

namespace turnpike::coturn {

// What the text alone does not tell.
struct Surroundings {
    std::string file;                        // as the report names it
    std::filesystem::path folder;            // that relative paths begin at; empty: they stay
    std::vector<protocol::IpAddress> local;  // of this machine, with default routes
    config::Surroundings kernel{};
};

struct Bounds {
    std::int64_t min = 0;
    std::int64_t max = 0;
};

class Work {
public:
    // Speaks of what needs no area: unknown names, flags that are no flags or are off, values that
    // are missing, lines that a later one replaces, and rows that say all themselves.
    Work(std::span<const Setting> settings, const Surroundings& around);

    // The line that counts; none where there is none.
    [[nodiscard]] const Setting* find(std::string_view name) const;
    [[nodiscard]] std::span<const Setting> all(std::string_view name) const;
    [[nodiscard]] bool is_on(std::string_view name) const { return find(name) != nullptr; }

    void maps(const Setting& setting, std::string says);
    void changed(const Setting& setting, std::string says);
    void no_equal(const Setting& setting, std::string says);
    void unused(const Setting& setting, std::string says);
    void wrong(const Setting& setting, std::string says);
    // Sets the key, and says that the line maps to it; a secret is not shown.
    void sets(const Setting& setting, std::string_view key, std::string toml);
    // Of no line.
    void note(std::string text) { notes_.push_back(std::move(text)); }

    // The whole number of a line, as turnserver reads it: what follows behind a blank does not
    // count. None where it is none or out of bounds; then that was said.
    [[nodiscard]] std::optional<std::int64_t> number(const Setting& setting, Bounds bounds);

    [[nodiscard]] const Surroundings& around() const noexcept { return around_; }
    [[nodiscard]] Draft& draft() noexcept { return draft_; }
    [[nodiscard]] const std::vector<Verdict>& verdicts() const noexcept { return verdicts_; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

private:
    [[nodiscard]] const Row* row_of(const Setting& setting) const;
    [[nodiscard]] bool is_sound(const Setting& setting, const Row& row);
    void say_unknown(const Setting& setting);
    void take(const Setting& setting);
    void drop_what_is_off();
    void say_fixed();
    void say(const Setting& setting, Outcome outcome, std::string says);
    [[nodiscard]] std::string shown(const Setting& setting) const;

    const Surroundings& around_;
    std::map<std::string_view, std::vector<Setting>> settings_;  // by the name of the row
    Draft draft_;
    std::vector<Verdict> verdicts_;
    std::vector<std::string> notes_;
};

// For the eyes of an operator: no control characters, and not too long.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace turnpike::coturn
