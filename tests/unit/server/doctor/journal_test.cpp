// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/journal.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "storage/journal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::doctor {
namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;

JournalFacts healthy() {
    return {.who = "turnpike",
            .file = "/var/lib/turnpike/usage.journal",
            .folder = "/var/lib/turnpike",
            .folder_access = 0,
            .used_octets = mebibyte,
            .octets_max = 10 * mebibyte,
            .free_octets = 100 * mebibyte};
}

Finding only(const JournalFacts& facts) {
    const auto findings = judge_journal(facts);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

TEST_CASE("a journal with room in it and on its disk is well, and so is none") {
    CHECK(only(healthy()) == well("journal",
                                  "/var/lib/turnpike/usage.journal holds 1.0 MiB of 10.0 "
                                  "MiB at most; its disk has 100.0 MiB left"));
    CHECK(only({.is_used = false}).grade == Grade::ok);
}

TEST_CASE("a folder or file that cannot be written is a problem that names the user") {
    JournalFacts facts = healthy();
    facts.folder_access = EROFS;
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen.starts_with(
        "turnpike cannot write the folder /var/lib/turnpike: Read-only file system"));
    facts.file_access = EACCES;
    CHECK(judge_journal(facts).size() == 2);
    CHECK(judge_journal(facts)[1].advice.find("writable for turnpike") != std::string::npos);
    facts.is_optional = true;
    CHECK(judge_journal(facts)[0].grade == Grade::problem);
    facts.file_access.reset();
    facts.is_missing = true;
    CHECK(only(facts).grade == Grade::warning);
    CHECK(only(facts).seen.ends_with("no usage is kept"));
}

TEST_CASE("a journal that is full refuses allocations, and a disk that is fuller warns") {
    JournalFacts facts = healthy();
    facts.used_octets = 9 * mebibyte;
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen.find("508") != std::string::npos);
    facts = healthy();
    facts.free_octets = 8 * mebibyte;
    CHECK(only(facts).grade == Grade::warning);
    CHECK(only(facts).seen.ends_with("the disk is full before the journal is"));
}

TEST_CASE("what a SQLite file uses is read from its first octets") {
    const test::Folder folder;
    const std::string path = folder.file("usage.journal");
    REQUIRE(storage::Journal::open({.path = path}).has_value());
    std::ifstream stream{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{stream}, {}};
    CHECK(used_octets(text) == std::filesystem::file_size(path));
    CHECK(used_octets(std::string_view{text}.substr(0, 99)) == 0);
    std::string other = text;
    other[39] = 1;  // a page that is free
    CHECK(used_octets(other) == std::filesystem::file_size(path) - 4096);
    other[0] = 's';
    CHECK(used_octets(other) == 0);
    std::string large = text;
    large[16] = 0;
    large[17] = 1;  // stands for 65536
    CHECK(used_octets(large) == std::filesystem::file_size(path) * 16);
}

TEST_CASE("a folder that is yet to be made is judged by the one above it") {
    const test::Folder folder;
    CHECK(existing_folder(folder.file("a/b/c.journal")) == folder.path());
    CHECK(existing_folder(folder.file("c.journal")) == folder.path());
    CHECK(existing_folder("/no-such-folder/c.journal") == "/");
}

TEST_CASE("what is gathered is of this machine's files") {
    const test::Folder folder;
    config::Storage storage;
    storage.url = "sqlite:" + folder.file("db");
    storage.journal = folder.file("sub/usage.journal");
    storage.journal_bytes = mebibyte;
    JournalFacts facts = gather_journal(storage, std::nullopt);
    CHECK_FALSE(facts.is_optional);
    CHECK(facts.folder == folder.path());
    CHECK(facts.folder_access == 0);
    CHECK_FALSE(facts.file_access);
    CHECK(facts.is_missing);
    CHECK(facts.free_octets > 0);
    storage.journal = folder.file("usage.journal");
    REQUIRE(storage::Journal::open({.path = storage.journal}).has_value());
    facts = gather_journal(storage, std::nullopt);
    CHECK(facts.file_access == 0);
    CHECK_FALSE(facts.is_missing);
    CHECK(facts.used_octets > 0);
    storage.url.clear();
    CHECK_FALSE(gather_journal(storage, std::nullopt).is_used);
}

}  // namespace
}  // namespace turnpike::doctor
