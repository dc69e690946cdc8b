// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "server/config/option.hpp"
#include "server/config/value.hpp"
#include "storage/journal.hpp"

namespace turnpike::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view check = "journal";
constexpr std::size_t header_octets = 100;  // sqlite.org/fileformat.html section 1.3

std::uint32_t big_endian(std::string_view octets, std::size_t place, std::size_t count) noexcept {
    std::uint32_t value = 0;
    for (std::size_t index = 0; index < count; ++index) {
        value = value << 8U | static_cast<unsigned char>(octets[place + index]);
    }
    return value;
}

std::string mebibytes(std::uint64_t octets) {
    return fmt::format("{:.1f} MiB", static_cast<double>(octets) / (1U << 20U));
}

Finding not_writable(const JournalFacts& facts, const std::string& what, int error) {
    const bool does_without = facts.is_optional && facts.is_missing;
    return {.grade = does_without ? Grade::warning : Grade::problem,
            .check = check,
            .seen = fmt::format("{} cannot write {}: {}; {}", facts.who, what, std::strerror(error),
                                does_without ? "no usage is kept"
                                             : "the server does not start, or refuses new "
                                               "allocations (508)"),
            .advice = fmt::format("make it writable for {}, or put storage.journal elsewhere",
                                  facts.who)};
}

Finding judge_room(const JournalFacts& facts) {
    const double fill =
        static_cast<double>(facts.used_octets) / static_cast<double>(facts.octets_max);
    const std::string seen = fmt::format("{} holds {} of {} at most; its disk has {} left",
                                         facts.file, mebibytes(facts.used_octets),
                                         mebibytes(facts.octets_max), mebibytes(facts.free_octets));
    if (fill >= storage::Journal::full) {
        return {.grade = Grade::problem,
                .check = check,
                .seen = seen + ": it is full, and new allocations are refused (508)",
                .advice =
                    "bring the database back, which empties it, or raise "
                    "storage.journal_bytes"};
    }
    if (facts.used_octets + facts.free_octets < facts.octets_max) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = seen + ": the disk is full before the journal is",
                .advice = "make room on it, or lower storage.journal_bytes"};
    }
    return well(check, seen);
}

}  // namespace

std::uint64_t used_octets(std::string_view header) noexcept {
    constexpr std::string_view magic{"SQLite format 3\0", 16};
    if (header.size() < header_octets || !header.starts_with(magic)) return 0;
    const std::uint32_t size = big_endian(header, 16, 2);
    const std::uint64_t page = size == 1 ? 65536 : size;
    const std::uint64_t pages = big_endian(header, 28, 4);
    const std::uint64_t unused = big_endian(header, 36, 4);
    return pages > unused ? (pages - unused) * page : 0;
}

std::string existing_folder(const std::string& file) {
    std::error_code failure;
    fs::path folder = fs::absolute(file, failure).parent_path();
    while (!fs::exists(folder, failure) && folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    return folder;
}

JournalFacts gather_journal(const config::Storage& storage, const std::optional<Account>& account) {
    JournalFacts facts{.is_used = !storage.url.empty(), .file = storage.journal};
    if (!facts.is_used) return facts;
    facts.is_optional = config::quoted(storage.url) == config::find_option("storage.url")->fallback;
    facts.who = account ? account->name : "the server";
    facts.folder = existing_folder(storage.journal);
    facts.folder_access = access_as(account, facts.folder, W_OK | X_OK);
    facts.octets_max = storage.journal_bytes;
    std::error_code failure;
    facts.free_octets = fs::space(facts.folder, failure).available;
    if (failure) facts.free_octets = 0;
    facts.is_missing = !fs::exists(storage.journal, failure);
    if (facts.is_missing) return facts;
    facts.file_access = access_as(account, storage.journal, R_OK | W_OK);
    std::array<char, header_octets> header{};
    std::ifstream stream{storage.journal, std::ios::binary};
    stream.read(header.data(), static_cast<std::streamsize>(header.size()));
    facts.used_octets = used_octets({header.data(), static_cast<std::size_t>(stream.gcount())});
    return facts;
}

Findings judge_journal(const JournalFacts& facts) {
    if (!facts.is_used) return {well(check, "no database, so no usage is kept")};
    Findings findings;
    if (facts.folder_access.value_or(0) != 0) {
        findings.push_back(not_writable(facts, "the folder " + facts.folder, *facts.folder_access));
    }
    if (facts.file_access.value_or(0) != 0) {
        findings.push_back(not_writable(facts, facts.file, *facts.file_access));
    }
    if (findings.empty()) findings.push_back(judge_room(facts));
    return findings;
}

}  // namespace turnpike::doctor
