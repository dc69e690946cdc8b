// SPDX-License-Identifier: BSD-3-Clause
#include "server/self_examination.hpp"

#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

// A log that can be read again.
class Diary {
public:
    ~Diary() { std::fclose(file_); }
    Diary() = default;
    Diary(const Diary&) = delete;
    Diary& operator=(const Diary&) = delete;

    telemetry::Log& log() { return *log_; }
    // All of it; nothing can be written any more.
    std::string text() {
        log_.reset();
        std::rewind(file_);
        std::string text(1U << 16U, '\0');
        text.resize(std::fread(text.data(), 1, text.size(), file_));
        return text;
    }

private:
    std::FILE* file_ = std::tmpfile();
    std::unique_ptr<telemetry::Log> log_ =
        std::make_unique<telemetry::Log>(telemetry::LogOptions{.descriptor = ::fileno(file_)});
};

// What a server that runs on the first finds with the second. No test waits for its patience where
// all is well.
std::string found(const config::Config& config, bool is_over = false) {
    test::RunningServer server{test::loopback_config()};
    Diary diary;
    {
        SelfExamination examination{*server.operator->(), config, diary.log(), 10s};
        if (is_over) examination.end();
        examination.begin();
    }
    CHECK(server.count(telemetry::Counter::allocations_probed) == 1);
    CHECK(server.count(telemetry::Counter::allocations_made) == 0);
    return diary.text();
}

config::Config with_nonsense_for_a_database(const test::Folder& folder) {
    config::Config config = test::loopback_config();
    std::ofstream{folder.file("text")} << std::string(4096, 'x');
    config.storage.url = "sqlite:" + folder.file("text");
    return config;
}

TEST_CASE("a server that is well says nothing of it") {
    CHECK(found(test::loopback_config()).empty());
}

TEST_CASE("a database that cannot be used is told of, with what to do") {
    const test::Folder folder;
    const std::string text = found(with_nonsense_for_a_database(folder));
    CHECK_THAT(text, Contains("check=database") && Contains(folder.file("text")));
    CHECK_THAT(text, Contains("advice="));
}

TEST_CASE("a server that ends meanwhile says nothing any more") {
    const test::Folder folder;
    CHECK(found(with_nonsense_for_a_database(folder), true).empty());
}

TEST_CASE("what is the matter is one warning each") {
    Diary diary;
    tell({{.grade = doctor::Grade::problem, .check = "clock", .seen = "late", .advice = "wind it"}},
         diary.log());
    CHECK_THAT(diary.text(), Contains("check=clock seen=late advice=\"wind it\""));
}

}  // namespace
}  // namespace turnpike
