// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/journal_stream.hpp"

#include <sys/stat.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace turnpike::telemetry {
namespace {

[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

bool leads_to_journal(int descriptor, std::string_view journal_stream) noexcept {
    const auto colon = journal_stream.find(':');
    if (colon == std::string_view::npos) return false;
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return false;
    return number(journal_stream.substr(0, colon)) == std::uint64_t{status.st_dev} &&
           number(journal_stream.substr(colon + 1)) == std::uint64_t{status.st_ino};
}

bool leads_to_journal(int descriptor) noexcept {
    const char* const value = std::getenv("JOURNAL_STREAM");
    return value != nullptr && leads_to_journal(descriptor, std::string_view{value});
}

}  // namespace turnpike::telemetry
