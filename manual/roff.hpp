// SPDX-License-Identifier: BSD-3-Clause
//
// Text as man(7) wants it. What goes in is plain text in which `backticks` stand around what is
// typed; what comes out is the source of a page in which no letter of the text is taken for a
// request. Pure; every function returns lines that end in a newline, but for escaped() and
// styled().
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace turnpike::manual {

struct Title {
    std::string_view name;
    int section = 1;
    std::string_view version;
    std::string_view date;  // 2026-11-28
    std::string_view group;
};

// The first line of a page.
[[nodiscard]] std::string heading(const Title& title);

// To be typed as it stands: every hyphen is a minus.
[[nodiscard]] std::string escaped(std::string_view text);

// Prose; what stands in backticks is bold and escaped().
[[nodiscard]] std::string styled(std::string_view text);

// .SH and .SS.
[[nodiscard]] std::string section(std::string_view name);
[[nodiscard]] std::string subsection(std::string_view name);

// A term, already styled, and what it means.
[[nodiscard]] std::string item(std::string_view styled_term, std::string_view text);

// Paragraphs with blank lines between. Lines that begin with four spaces are shown as they stand,
// those that begin with "* " are items: "* term: what it means".
[[nodiscard]] std::string prose(std::string_view text);

// A whole page: right under a heading no paragraph has to begin, and mandoc would say so.
[[nodiscard]] std::string finished(std::string page);

// The day of a build: that of SOURCE_DATE_EPOCH, where it is set, so that a page of the same
// sources is the same octets; else today.
[[nodiscard]] std::string build_date(const char* source_date_epoch,
                                     std::chrono::system_clock::time_point now);

}  // namespace turnpike::manual
