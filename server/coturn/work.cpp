// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/config/spelling.hpp"

namespace turnpike::coturn {
namespace {

constexpr std::size_t shown_bytes_max = 200;
constexpr std::string_view letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

}  // namespace

Work::Work(std::span<const Setting> settings, const Surroundings& around) : around_{around} {
    for (const Setting& each : settings) {
        const Row* row = row_of(each);
        if (row == nullptr) {
            say_unknown(each);
        } else if (is_sound(each, *row)) {
            take(each);
        }
    }
    drop_what_is_off();
    say_fixed();
}

const Row* Work::row_of(const Setting& setting) const {
    if (setting.dashes == 1 && setting.name.size() == 1) return find_row(setting.name.front());
    return find_row(setting.name);
}

// A flag that cannot be read, or no value where one must be.
bool Work::is_sound(const Setting& setting, const Row& row) {
    if (!setting.is_readable) {
        wrong(setting, "the line is not UTF-8, or holds a NUL");
    } else if (row.argument == Argument::flag && !read_flag(setting.value)) {
        wrong(setting, "neither yes nor no: write yes, no, on, off, true, false, 1, 0 or nothing");
    } else if (row.argument == Argument::value && setting.value.empty()) {
        wrong(setting, "no value: write it behind a \"=\", or remove the line");
    } else {
        return true;
    }
    return false;
}

// Nothing of an unknown line is shown but the start of its name: the rest may be a secret.
void Work::say_unknown(const Setting& setting) {
    const auto end = std::min(setting.name.find_first_not_of(letters), setting.name.size());
    const std::string name{setting.name.substr(0, std::min<std::size_t>(end, 40))};
    verdicts_.push_back({setting.line, Outcome::unknown, name.empty() ? "?" : name,
                         fmt::format("no option of coturn, which does not read this line{}",
                                     config::suggestion(nearest_name(name)))});
}

void Work::take(const Setting& setting) {
    const Row& row = *row_of(setting);
    std::vector<Setting>& lines = settings_[row.name];
    if (!row.repeats && !lines.empty()) {
        unused(lines.back(), fmt::format("line {} says it again, and counts", setting.line));
        lines.clear();
    }
    lines.push_back(setting);
}

void Work::drop_what_is_off() {
    for (auto& [name, lines] : settings_) {
        if (find_row(name)->argument != Argument::flag) continue;
        if (*read_flag(lines.back().value)) continue;
        maps(lines.back(), "off, as if the line were not there");
        lines.clear();
    }
}

void Work::say_fixed() {
    for (const auto& [name, lines] : settings_) {
        const Row& row = *find_row(name);
        for (const Setting& each : lines) {
            if (row.area == Area::always) maps(each, "always so: " + std::string{row.says});
            if (row.area == Area::no_equal) no_equal(each, std::string{row.says});
            if (row.area == Area::nothing) unused(each, std::string{row.says});
        }
    }
}

const Setting* Work::find(std::string_view name) const {
    const auto lines = all(name);
    return lines.empty() ? nullptr : &lines.back();
}

std::span<const Setting> Work::all(std::string_view name) const {
    const auto found = settings_.find(name);
    if (found == settings_.end()) return {};
    return found->second;
}

void Work::maps(const Setting& setting, std::string says) {
    say(setting, Outcome::maps, std::move(says));
}

void Work::changed(const Setting& setting, std::string says) {
    say(setting, Outcome::changed, std::move(says));
}

void Work::no_equal(const Setting& setting, std::string says) {
    say(setting, Outcome::no_equal, std::move(says));
}

void Work::unused(const Setting& setting, std::string says) {
    say(setting, Outcome::unused, std::move(says));
}

void Work::wrong(const Setting& setting, std::string says) {
    say(setting, Outcome::wrong, std::move(says));
}

void Work::sets(const Setting& setting, std::string_view key, std::string toml) {
    const bool is_secret = row_of(setting)->is_secret;
    maps(setting, fmt::format("{} = {}", key, is_secret ? "\"********\"" : printable(toml)));
    draft_.set(key, std::move(toml), setting.line);
}

std::optional<std::int64_t> Work::number(const Setting& setting, Bounds bounds) {
    const std::string_view text = setting.value;
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    const bool ends = rest.empty() || rest.front() == ' ' || rest.front() == '\t';
    if (failure == std::errc::invalid_argument || !ends) {
        wrong(setting, "no whole number");
        return std::nullopt;
    }
    if (failure != std::errc{} || count < bounds.min || count > bounds.max) {
        wrong(setting, fmt::format("out of bounds; from {} to {}", bounds.min, bounds.max));
        return std::nullopt;
    }
    return count;
}

void Work::say(const Setting& setting, Outcome outcome, std::string says) {
    if (setting.dashes != 0) {
        says += "; turnserver reads no dashes in its file, so it has not read this line";
    }
    verdicts_.push_back({setting.line, outcome, shown(setting), std::move(says)});
}

std::string Work::shown(const Setting& setting) const {
    const Row& row = *row_of(setting);
    if (setting.value.empty()) return std::string{row.name};
    // The name of a user is none of the secrets.
    const auto colon = row.name == "user" ? setting.value.find(':') : std::string_view::npos;
    const std::string_view open =
        colon == std::string_view::npos ? std::string_view{} : setting.value.substr(0, colon + 1);
    if (row.is_secret) return fmt::format("{}={}********", row.name, printable(open));
    return fmt::format("{}={}", row.name, printable(setting.value));
}

std::string printable(std::string_view text) {
    const bool is_text = is_utf8(text);
    std::string out{text.substr(0, shown_bytes_max)};
    while (is_text && !is_utf8(out)) out.pop_back();  // cut in the middle of a character
    const auto is_hidden = [is_text](char each) {
        const auto octet = static_cast<unsigned char>(each);
        return octet < 0x20 || octet == 0x7F || (octet >= 0x80 && !is_text);
    };
    std::ranges::replace_if(out, is_hidden, '?');
    return text.size() > shown_bytes_max ? out + "..." : out;
}

}  // namespace turnpike::coturn
