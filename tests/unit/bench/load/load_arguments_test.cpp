// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/load_arguments.hpp"

#include <CLI/Error.hpp>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

struct Line {
    Line() {
        arguments.add_common(app);
        arguments.add_load(app);
        arguments.add_peers(app);
        arguments.add_in_flight(app);
        arguments.add_allocations(app);
    }
    Settings parse(std::vector<std::string> words) {
        words.insert(words.begin(), {"turn:192.0.2.1?transport=udp", "-u", "alice", "-p", "x"});
        std::vector<std::string> reversed{words.rbegin(), words.rend()};
        app.parse(reversed);
        return arguments.settings(true);
    }
    CLI::App app;
    LoadArguments arguments;
};

TEST_CASE("without options a load is ten flows of single packets both ways") {
    const Settings settings = Line{}.parse({});
    CHECK(settings.access.text == "turn:192.0.2.1?transport=udp");
    CHECK(settings.access.login.username == "alice");
    CHECK(settings.load.flows == 10);
    CHECK(settings.load.payload_octets == 172);
    CHECK(settings.load.burst == 1);
    CHECK_FALSE(settings.load.segmentation);
    CHECK(settings.load.rate.kind == Rate::Kind::fixed);
    CHECK(settings.load.direction == Direction::both);
    CHECK(settings.load.mode == Mode::channel);
    CHECK_FALSE(settings.watch.server_pid);
    CHECK_FALSE(settings.watch.server_core);
}

TEST_CASE("what the options say is what is done") {
    const Settings settings = Line{}.parse({"--flows",          "3",
                                            "--size",           "1200",
                                            "--burst",          "16",
                                            "--rate",           "5000.5",
                                            "--direction",      "up",
                                            "--mode",           "send",
                                            "--seconds",        "0.5",
                                            "--server-pid",     "7",
                                            "--server-core",    "0",
                                            "--peer-address",   "192.0.2.9",
                                            "--client-address", "192.0.2.2,192.0.2.3",
                                            "--loss",           "1",
                                            "--in-flight",      "9",
                                            "--allocations",    "11",
                                            "--client-netns",   "a",
                                            "--peer-netns",     "b"});
    CHECK(settings.load.flows == 3);
    CHECK(settings.load.payload_octets == 1200);
    CHECK(settings.load.segmentation);
    CHECK(settings.load.rate.packets_per_second == Approx(5000.5));
    CHECK(settings.load.direction == Direction::up);
    CHECK(settings.load.mode == Mode::send);
    CHECK(settings.load.loss_max == Approx(0.01));
    CHECK(settings.duration == std::chrono::milliseconds{500});
    CHECK(settings.watch.server_pid == 7);
    CHECK(settings.watch.server_core == 0);
    CHECK(settings.places.peer_address->to_string() == "192.0.2.9");
    CHECK(settings.places.client_addresses.size() == 2);
    CHECK(settings.places.client_netns == "a");
    CHECK(settings.places.peer_netns == "b");
    CHECK(settings.in_flight == 9);
    CHECK(settings.allocations == 11);
}

TEST_CASE("a rate is a number, the most, or what is to be found") {
    CHECK(Line{}.parse({"--rate", "max"}).load.rate.kind == Rate::Kind::max);
    CHECK(Line{}.parse({"--rate", "max"}).load.rate.packets_per_second == 0);
    CHECK(Line{}.parse({"--rate", "search"}).load.rate.kind == Rate::Kind::search);
    for (const char* text : {"fast", "-1", "0", "10x", ""}) {
        INFO(text);
        CHECK_THROWS_AS(Line{}.parse({"--rate=" + std::string{text}}), CLI::Error);
    }
}

TEST_CASE("bursts leave in one piece unless they are not to") {
    CHECK_FALSE(Line{}.parse({"--burst", "16", "--no-gso"}).load.segmentation);
    CHECK_THROWS_AS(Line{}.parse({"--gso", "--no-gso"}), CLI::Error);
}

TEST_CASE("the kernel sends one way, in channels, and single packets that have room for stamps") {
    const auto check = [](std::vector<std::string> more) {
        std::vector<std::string> words{"--wire", "--direction", "up"};
        words.insert(words.end(), more.begin(), more.end());
        check_wire(Line{}.parse(words));
    };
    CHECK_NOTHROW(check({}));
    CHECK(Line{}.parse({"--wire", "--direct"}).load.direct);
    for (const std::vector<std::string>& more : {std::vector<std::string>{"--mode", "send"},
                                                 {"--burst", "2"},
                                                 {"--size", "31"},
                                                 {"--flows", "40000"}}) {
        CHECK_THROWS_AS(check(more), CLI::ValidationError);
    }
    Settings settings = Line{}.parse({"--wire"});
    CHECK_THROWS_AS(check_wire(settings), CLI::ValidationError);
    settings.load.symmetric = true;
    CHECK_NOTHROW(check_wire(settings));
    settings.access.uri.transport = protocol::Transport::tcp;
    CHECK_THROWS_AS(check_wire(settings), CLI::ValidationError);
    settings.load.from_kernel = false;
    CHECK_NOTHROW(check_wire(settings));
}

TEST_CASE("labels and requirements are kept in their order, however many") {
    const Settings settings = Line{}.parse({"--label", "commit=abc", "--label", "note=a=b",
                                            "--require", "lost<=0.1%", "--require", "pps>=1"});
    REQUIRE(settings.output.labels.size() == 2);
    CHECK(settings.output.labels[1] == std::pair<std::string, std::string>{"note", "a=b"});
    CHECK(settings.output.requirements.size() == 2);
    CHECK_THROWS_AS(Line{}.parse({"--label", "nothing"}), CLI::ValidationError);
    CHECK_THROWS_AS(Line{}.parse({"--require", "lost"}), CLI::ValidationError);
}

TEST_CASE("addresses and URIs that are none are refused") {
    CHECK_THROWS_AS(Line{}.parse({"--peer-address", "home"}), CLI::ValidationError);
    Line line;
    std::vector<std::string> words{"http://192.0.2.1"};
    line.app.parse(words);
    CHECK_THROWS_AS(line.arguments.settings(false), CLI::ValidationError);
}

}  // namespace
}  // namespace turnpike::bench
