// SPDX-License-Identifier: BSD-3-Clause
#include "manual/roff.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <cstring>

namespace turnpike::manual {
namespace {

// A line that begins with a dot or an apostrophe is a request: an invisible letter goes before it.
[[nodiscard]] std::string guarded(std::string text) {
    if (text.starts_with('.') || text.starts_with('\'')) text.insert(0, "\\&");
    return text;
}

void add_escaped(std::string& out, char letter, bool is_typed) {
    switch (letter) {
        case '\\':
            out += "\\e";
            break;
        case '-':
            out += is_typed ? "\\-" : "-";
            break;
        case '\'':
            out += is_typed ? "\\(aq" : "'";
            break;
        case '`':
            out += "\\(ga";
            break;
        case '^':
            out += "\\(ha";
            break;
        case '~':
            out += "\\(ti";
            break;
        default:
            out += letter;
    }
}

[[nodiscard]] std::string_view take_line(std::string_view& text) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    return line;
}

// What a line is, and what is open until a line of another kind comes.
enum class Block : unsigned char { none, paragraph, example };

void add_line(std::string& out, Block& open, std::string_view line) {
    const bool is_example = line.starts_with("    ");
    if (open == Block::example && !is_example) out += ".fi\n.RE\n";
    if (line.starts_with("* ")) {
        const auto colon = line.find(": ");
        open = Block::paragraph;
        out += item(styled(line.substr(2, colon - 2)), line.substr(colon + 2));
    } else if (is_example) {
        if (open != Block::example) out += ".PP\n.RS 4\n.nf\n";
        open = Block::example;
        out += guarded(escaped(line.substr(4))) + '\n';
    } else if (line.empty()) {
        open = Block::none;
    } else {
        if (open != Block::paragraph) out += ".PP\n";
        open = Block::paragraph;
        out += guarded(styled(line)) + '\n';
    }
}

}  // namespace

std::string heading(const Title& title) {
    std::string name{title.name};
    for (char& letter : name) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return fmt::format(".TH {} {} {} \"turnpike {}\" \"{}\"\n", escaped(name), title.section,
                       title.date, title.version, title.group);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) add_escaped(out, letter, true);
    return out;
}

std::string styled(std::string_view text) {
    std::string out;
    bool is_typed = false;
    for (const char letter : text) {
        if (letter != '`') {
            add_escaped(out, letter, is_typed);
            continue;
        }
        out += is_typed ? "\\fP" : "\\fB";
        is_typed = !is_typed;
    }
    if (is_typed) out += "\\fP";
    return out;
}

std::string section(std::string_view name) {
    return fmt::format(".SH {}\n", name);
}

std::string subsection(std::string_view name) {
    return fmt::format(".SS {}\n", guarded(std::string{name}));
}

std::string item(std::string_view styled_term, std::string_view text) {
    return fmt::format(".TP\n{}\n{}\n", guarded(std::string{styled_term}), guarded(styled(text)));
}

std::string prose(std::string_view text) {
    std::string out;
    Block open = Block::none;
    while (!text.empty()) add_line(out, open, take_line(text));
    if (open == Block::example) out += ".fi\n.RE\n";
    return out;
}

std::string finished(std::string page) {
    constexpr std::string_view paragraph = ".PP\n";
    for (auto found = page.find(paragraph); found != std::string::npos;
         found = page.find(paragraph, found)) {
        const auto before = page.rfind('\n', found < 2 ? 0 : found - 2);
        const auto line =
            std::string_view{page}.substr(before == std::string::npos ? 0 : before + 1);
        if (line.starts_with(".SH") || line.starts_with(".SS")) {
            page.erase(found, paragraph.size());
        } else {
            found += paragraph.size();
        }
    }
    return page;
}

std::string build_date(const char* source_date_epoch, std::chrono::system_clock::time_point now) {
    std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    if (source_date_epoch != nullptr) {
        const char* end = source_date_epoch + std::strlen(source_date_epoch);
        std::time_t given = 0;
        const auto [rest, failure] = std::from_chars(source_date_epoch, end, given);
        if (failure == std::errc{} && rest == end && given >= 0) seconds = given;
    }
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(seconds));
}

}  // namespace turnpike::manual
