// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/counted_heap.hpp"

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
        Log log{{.descriptor = pipe.ends[1], .levels = LogLevels{Level::info}}};
        log.debug(Area::server, "unseen");
        log.info(Area::server, "started", {{"workers", 2}});
        log.error(Area::server, "stopped");
        CHECK_FALSE(log.writes(Area::server, Level::debug));
    }
    const std::string all = pipe.read_all();
    CHECK(all.find("unseen") == std::string::npos);
    CHECK(all.find("event=started workers=2\n") != std::string::npos);
    CHECK(all.find("level=error area=server event=stopped\n") != std::string::npos);
}

TEST_CASE("lines of several threads never mix") {
    Pipe pipe;
    {
        Log log{{.descriptor = pipe.ends[1]}};
        std::vector<std::thread> workers;
        for (int worker = 0; worker < 4; ++worker) {
            workers.emplace_back([&log, worker] {
                for (int line = 0; line < 50; ++line) {
                    log.info(Area::session, "tick", {{"worker", worker}});
                }
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
        for (int line = 0; line < 1000; ++line) log.info(Area::usage, "flood");
        static_cast<void>(pipe.read_all());
        // The pipe takes lines again; the first that fits in the queue carries the count.
        std::string seen;
        while (seen.find("event=log_lines_lost count=") == std::string::npos) {
            log.info(Area::usage, "after");
            std::this_thread::yield();
            seen += pipe.read_all();
        }
        CHECK(seen.find("level=warning area=server event=log_lines_lost") != std::string::npos);
    }
}

TEST_CASE("a log whose descriptor is blocked at the end gives up after its patience") {
    Pipe pipe;
    const std::string filler(65536, 'x');
    while (::write(pipe.ends[1], filler.data(), filler.size()) > 0) {
    }
    {
        Log log{{.descriptor = pipe.ends[1], .patience = std::chrono::milliseconds{1}}};
        log.info(Area::server, "lost");
    }
    CHECK(pipe.read_all().find("event=lost") == std::string::npos);
}

// What a log wrote, and what was streamed of it, when it has ended.
struct Written {
    std::string text;
    std::vector<std::string> streamed;

    [[nodiscard]] bool has(std::string_view words) const {
        return text.find(words) != std::string::npos;
    }
    [[nodiscard]] std::uint64_t count(std::string_view words) const {
        std::uint64_t found = 0;
        for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++found;
        return found;
    }
};

Written written_by(LogOptions options, const std::function<void(Log&)>& use) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    options.descriptor = ::fileno(file.get());
    Written written;
    {
        Log log{options};
        use(log);
        for (auto& line : log.tail(0, 100'000)) written.streamed.push_back(std::move(line.json));
    }
    std::rewind(file.get());
    for (int octet = 0; (octet = std::fgetc(file.get())) != EOF;) {
        written.text += static_cast<char>(octet);
    }
    return written;
}

TEST_CASE("each area has a level of its own, which can change while the server runs") {
    LogOptions options;
    options.levels.set(Area::storage, Level::debug);
    const auto written = written_by(options, [](Log& log) {
        log.debug(Area::storage, "asked");
        log.debug(Area::tls, "unseen");
        LogLevels levels{Level::error};
        levels.set(Area::tls, Level::debug);
        levels.set(Area::config, Level::info);
        log.set_levels(levels);
        CHECK(log.levels() == levels);
        log.debug(Area::tls, "seen");
        log.warning(Area::storage, "hushed");
        log.set_levels(levels);
    });
    CHECK(written.has("level=debug area=storage event=asked\n"));
    CHECK(written.has("level=debug area=tls event=seen\n"));
    CHECK_FALSE(written.has("unseen"));
    CHECK_FALSE(written.has("hushed"));
    CHECK(written.count("event=\"log levels changed\"") == 1);
    CHECK(written.has(R"( to="server=error,listen=error,auth=error,)"));
}

TEST_CASE("levels change while other threads log") {
    const auto written = written_by({}, [](Log& log) {
        std::thread other{[&log] {
            for (int line = 0; line < 1000; ++line) log.info(Area::session, "tick");
        }};
        for (int round = 0; round < 100; ++round) {
            log.set_levels(LogLevels{round % 2 == 0 ? Level::error : Level::info});
            log.mask_addresses(round % 2 == 0);
        }
        other.join();
    });
    CHECK(written.count("event=tick") <= 1000);
}

TEST_CASE("an event that repeats is written some times and then counted") {
    constexpr std::uint64_t times = 10'000;
    const auto written = written_by({}, [](Log& log) {
        for (std::uint64_t line = 0; line < times; ++line) log.warning(Area::listen, "flood");
        log.warning(Area::listen, "another");
    });
    CHECK(written.has("event=another\n"));
    CHECK(written.has("level=warning area=listen event=flood repeated="));
    // Written or counted, whatever the windows were.
    std::uint64_t sum = written.count("event=flood\n");
    CHECK(sum >= RepeatFilter::lines_max(Area::listen));
    CHECK(sum < times);
    constexpr std::string_view key = "event=flood repeated=";
    for (auto at = written.text.find(key); at != std::string::npos;
         at = written.text.find(key, at + 1)) {
        sum += std::stoull(written.text.substr(at + key.size()));
    }
    CHECK(sum == times);
}

TEST_CASE("addresses are masked from when that is asked, in the log and in the stream") {
    const auto written = written_by({.tail_lines = 10}, [](Log& log) {
        log.info(Area::session, "before", {Field::address("client", "198.51.100.7:4000")});
        log.mask_addresses(true);
        log.info(Area::session, "after", {Field::address("client", "198.51.100.7:4000")});
    });
    CHECK(written.has("event=before client=198.51.100.7:4000\n"));
    CHECK(written.has("event=after client=198.51.100.x\n"));
    REQUIRE(written.streamed.size() == 2);
    CHECK(written.streamed[1].ends_with(R"("event":"after","client":"198.51.100.x"})"));
}

TEST_CASE("what is logged is streamed, and session events beside it whatever their level") {
    const LogOptions options{.levels = LogLevels{Level::error}, .tail_lines = 10};
    const auto written = written_by(options, [](Log& log) {
        log.info(Area::session, "allocation made");
        log.debug(Area::session, "unseen");
        log.info(Area::storage, "unseen");
        log.error(Area::storage, "database lost");
        CHECK(log.levels() == LogLevels{Level::error});
    });
    REQUIRE(written.streamed.size() == 2);
    CHECK(written.streamed[0].ends_with(R"("area":"session","event":"allocation made"})"));
    CHECK(written.streamed[1].ends_with(R"("area":"storage","event":"database lost"})"));
    CHECK(written.count("\n") == 1);
    CHECK(written.has("event=\"database lost\"\n"));
}

TEST_CASE("who follows the log is woken by each line") {
    int woken = 0;
    written_by({.tail_lines = 10}, [&woken](Log& log) {
        log.on_line([&woken] { ++woken; });
        log.info(Area::server, "one");
        log.info(Area::server, "two");
        log.debug(Area::server, "unseen");
        log.on_line({});
        log.info(Area::server, "three");
    });
    CHECK(woken == 2);
}

TEST_CASE("without a tap there are no lines to follow") {
    const auto written = written_by({}, [](Log& log) {
        log.on_line([] { FAIL("nothing wakes it"); });
        log.info(Area::session, "one");
    });
    CHECK(written.streamed.empty());
}

TEST_CASE("an event that its level leaves out takes nothing from the heap and is not rendered") {
    const auto written = written_by({.tail_lines = 10}, [](Log& log) {
        const std::string name(1000, 'x');
        const std::size_t before = test::heap_blocks_taken;
        for (int line = 0; line < 1000; ++line) {
            log.debug(Area::storage, "unseen", {{"name", name}, {"line", line}});
        }
        CHECK(test::heap_blocks_taken == before);
    });
    CHECK(written.text.empty());
    CHECK(written.streamed.empty());
}

TEST_CASE("for the journal the time is left out and the priority stands in front") {
    const auto written = written_by({.style = {.for_journal = true}},
                                    [](Log& log) { log.error(Area::server, "stopped"); });
    CHECK(written.text == "<3>level=error area=server event=stopped\n");
}

}  // namespace
}  // namespace turnpike::telemetry
