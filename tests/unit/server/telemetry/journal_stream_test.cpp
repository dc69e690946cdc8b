// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/journal_stream.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

struct OpenFile {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};

    [[nodiscard]] int descriptor() const { return ::fileno(file.get()); }
    // What systemd would call it.
    [[nodiscard]] std::string name() const {
        struct stat status{};
        REQUIRE(::fstat(descriptor(), &status) == 0);
        return std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino);
    }
};

TEST_CASE("a descriptor leads to the journal when it is the one that systemd names") {
    const OpenFile one;
    const OpenFile other;
    CHECK(leads_to_journal(one.descriptor(), one.name()));
    CHECK_FALSE(leads_to_journal(one.descriptor(), other.name()));
}

TEST_CASE("a name that is none leads nowhere") {
    const OpenFile file;
    for (const std::string& name :
         {std::string{}, std::string{":"}, std::string{"8"}, "x" + file.name(), file.name() + "x",
          file.name() + ":1", std::string{"-8:1"}, std::string{"99999999999999999999:1"}}) {
        INFO(name);
        CHECK_FALSE(leads_to_journal(file.descriptor(), name));
    }
    CHECK_FALSE(leads_to_journal(-1, file.name()));
}

TEST_CASE("the name is that of our environment") {
    const OpenFile file;
    CHECK_FALSE(leads_to_journal(file.descriptor()));
    REQUIRE(::setenv("JOURNAL_STREAM", file.name().c_str(), 1) == 0);
    CHECK(leads_to_journal(file.descriptor()));
    REQUIRE(::unsetenv("JOURNAL_STREAM") == 0);
}

}  // namespace
}  // namespace turnpike::telemetry
