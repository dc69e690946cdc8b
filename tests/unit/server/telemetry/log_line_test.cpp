// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_line.hpp"

#include <algorithm>
#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::system_clock::time_point noon{1'700'000'000'123ms};

std::string text(Fields fields) {
    return render({noon, Level::info, Area::session, "allocation_made", fields}, {});
}

std::string json(Fields fields) {
    return render({noon, Level::info, Area::session, "allocation_made", fields},
                  {.format = LogFormat::json});
}

TEST_CASE("an event becomes one line of key=value", "[P8]") {
    CHECK(text({{"id", 7U}, {"user", "alice"}, {"relay", "203.0.113.5:50000"}, {"ipv6", false}}) ==
          "time=2023-11-14T22:13:20.123Z level=info area=session event=allocation_made id=7 "
          "user=alice "
          "relay=203.0.113.5:50000 ipv6=false\n");
}

TEST_CASE("an event becomes one JSON object", "[P8]") {
    CHECK(json({{"id", 7U}, {"user", "alice"}, {"change", -1}}) ==
          R"({"time":"2023-11-14T22:13:20.123Z","level":"info","area":"session",)"
          R"("event":"allocation_made",)"
          R"("id":7,"user":"alice","change":-1})"
          "\n");
}

TEST_CASE("a user name can neither forge a line nor a field nor steer a terminal") {
    const std::string forged = "a\nlevel=error event=\"x\" \\ \x1b[2J\xc2\x9b";
    CHECK(text({{"user", forged}})
              .ends_with(R"(user="a\x0alevel=error event=\"x\" \\ \x1b[2J\xc2\x9b")"
                         "\n"));
    CHECK(std::ranges::count(text({{"user", forged}}), '\n') == 1);
    CHECK(std::ranges::count(json({{"user", forged}}), '\n') == 1);
    CHECK(text({{"user", ""}}).ends_with(" user=\"\"\n"));
}

TEST_CASE("every octet survives in a text line as printable characters") {
    std::string all;
    for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
    const std::string line = text({{"user", all}});
    CHECK(std::all_of(line.begin(), line.end() - 1, [](char c) { return c >= ' ' && c <= '~'; }));
}

TEST_CASE("a JSON line is UTF-8 whatever a string held") {
    CHECK(json({{"user", "J\xc3\xbcrgen"}}).find("J\xc3\xbcrgen") != std::string::npos);
    CHECK(json({{"user", "bad \xff\xc3"}}).find(R"(bad \\xff\\xc3)") != std::string::npos);
}

TEST_CASE("a duration is written in seconds") {
    CHECK(text({{"lifetime_seconds", 600s}}).ends_with(" lifetime_seconds=600\n"));
    CHECK(text({{"age_seconds", 1500ms}}).ends_with(" age_seconds=1.5\n"));
    CHECK(text({{"age_seconds", 4'564'544'580ns}}).ends_with(" age_seconds=4.565\n"));
}

TEST_CASE("for the journal a line begins with its priority, and text leaves the time to it") {
    const auto line = [](Level level, LogFormat format) {
        return render({noon, level, Area::tls, "x", {}}, {.format = format, .for_journal = true});
    };
    CHECK(line(Level::debug, LogFormat::text) == "<7>level=debug area=tls event=x\n");
    CHECK(line(Level::info, LogFormat::text) == "<6>level=info area=tls event=x\n");
    CHECK(line(Level::warning, LogFormat::text) == "<4>level=warning area=tls event=x\n");
    CHECK(line(Level::error, LogFormat::text) == "<3>level=error area=tls event=x\n");
    CHECK(line(Level::error, LogFormat::json) ==
          R"(<3>{"time":"2023-11-14T22:13:20.123Z","level":"error","area":"tls","event":"x"})"
          "\n");
}

TEST_CASE("addresses of clients and peers are cut where they are masked, and only they") {
    const std::string client = "198.51.100.7:40000";
    const LogStyle masked{.masks_addresses = true};
    const auto line = [](Fields fields, LogStyle style) {
        return render({noon, Level::info, Area::session, "x", fields}, style);
    };
    const Field at = Field::address("client", client);
    CHECK(line({at}, {}).ends_with(" client=198.51.100.7:40000\n"));
    CHECK(line({at}, masked).ends_with(" client=198.51.100.x\n"));
    CHECK(line({{"relayed", "203.0.113.5:50000"}, {"id", 7U}}, masked)
              .ends_with(" relayed=203.0.113.5:50000 id=7\n"));
    CHECK(line({Field::address("client", "away")}, masked).ends_with(" client=away\n"));
    CHECK(line({at}, {.format = LogFormat::json, .masks_addresses = true})
              .ends_with(R"("client":"198.51.100.x"})"
                         "\n"));
}

}  // namespace
}  // namespace turnpike::telemetry
