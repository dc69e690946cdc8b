// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

// The two ends of a pipe: the log writes to one, the test reads the other when the log is gone.
struct Pipe {
    std::array<int, 2> ends{-1, -1};

    Pipe() { REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    std::string read_all() {
        std::string all;
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto count = ::read(ends[0], buffer.data(), buffer.size());
            if (count <= 0) return all;
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }
};

TEST_CASE("everything logged is written before the log ends, and less than its level is not") {
    Pipe pipe;
    {
        Log log{{.descriptor = pipe.ends[1], .level = Level::info}};
        log.debug("unseen");
        log.info("started", {{"workers", 2}});
        log.error("stopped");
        CHECK_FALSE(log.writes(Level::debug));
    }
    const std::string all = pipe.read_all();
    CHECK(all.find("unseen") == std::string::npos);
    CHECK(all.find("event=started workers=2\n") != std::string::npos);
    CHECK(all.find("level=error event=stopped\n") != std::string::npos);
}

TEST_CASE("lines of several threads never mix") {
    Pipe pipe;
    {
        Log log{{.descriptor = pipe.ends[1]}};
        std::vector<std::thread> workers;
        for (int worker = 0; worker < 4; ++worker) {
            workers.emplace_back([&log, worker] {
                for (int line = 0; line < 50; ++line) log.info("tick", {{"worker", worker}});
            });
        }
        for (auto& worker : workers) worker.join();
    }
    const std::string all = pipe.read_all();
    CHECK(std::ranges::count(all, '\n') == 200);
    for (std::size_t start = 0; start < all.size();) {
        const std::size_t end = all.find('\n', start);
        const std::string line = all.substr(start, end - start);
        CHECK(line.starts_with("time="));
        CHECK(line.find("time=", 1) == std::string::npos);
        start = end + 1;
    }
}

TEST_CASE("a descriptor that blocks for ever costs lines, not time, and the loss is counted") {
    Pipe pipe;
    const std::string filler(65536, 'x');
    while (::write(pipe.ends[1], filler.data(), filler.size()) > 0) {
    }
    {
        Log log{{.descriptor = pipe.ends[1],
                 .queue_bytes_max = 1000,
                 .patience = std::chrono::milliseconds{1}}};
        for (int line = 0; line < 1000; ++line) log.info("flood");
        static_cast<void>(pipe.read_all());
        // The pipe takes lines again; the first that fits in the queue carries the count.
        std::string seen;
        while (seen.find("event=log_lines_lost count=") == std::string::npos) {
            log.info("after");
            std::this_thread::yield();
            seen += pipe.read_all();
        }
        CHECK(seen.find("level=warning event=log_lines_lost") != std::string::npos);
    }
}

TEST_CASE("a log whose descriptor is blocked at the end gives up after its patience") {
    Pipe pipe;
    const std::string filler(65536, 'x');
    while (::write(pipe.ends[1], filler.data(), filler.size()) > 0) {
    }
    {
        Log log{{.descriptor = pipe.ends[1], .patience = std::chrono::milliseconds{1}}};
        log.info("lost");
    }
    CHECK(pipe.read_all().find("event=lost") == std::string::npos);
}

}  // namespace
}  // namespace turnpike::telemetry
