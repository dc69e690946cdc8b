// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/event_stream.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("events are written with their numbers, and each once") {
    test::FakeEvents source;
    CHECK(events_after(source, 0).text.empty());
    source.happens("{\"a\":1}");
    source.happens("{\"a\":2}");
    const EventText first = events_after(source, 0);
    CHECK(first.text == "id: 1\ndata: {\"a\":1}\n\nid: 2\ndata: {\"a\":2}\n\n");
    CHECK(first.last == 2);
    CHECK(events_after(source, first.last).text.empty());
    CHECK(events_after(source, first.last).last == 2);
}

TEST_CASE("many events come in parts") {
    test::FakeEvents source;
    for (int number = 0; number < 250; ++number) source.happens("{}");
    std::uint64_t after = 0;
    std::vector<std::uint64_t> ends;
    for (EventText part = events_after(source, after); !part.text.empty();
         part = events_after(source, after)) {
        after = part.last;
        ends.push_back(after);
    }
    CHECK(ends == std::vector<std::uint64_t>{100, 200, 250});
}

TEST_CASE("who comes late is told that something is missing") {
    test::FakeEvents source;
    for (int number = 0; number < 3; ++number) source.happens("{}");
    source.forget();
    CHECK(events_after(source, 1).text.starts_with("id: 2\n"));
    CHECK(events_after(source, 0).text.starts_with("event: gap\n"));
}

TEST_CASE("a number of an earlier run is answered with a gap and all that is there") {
    test::FakeEvents source;
    const EventText none = events_after(source, 500);
    CHECK(none.text.empty());
    CHECK(none.last == 0);
    source.happens("{}");
    const EventText all = events_after(source, 500);
    CHECK(all.text.starts_with("event: gap\n"));
    CHECK(all.last == 1);
}

}  // namespace
}  // namespace turnpike::admin
