// SPDX-License-Identifier: BSD-3-Clause
#include "server/operations.hpp"

#include <fstream>
#include <future>
#include <thread>

#include "server/configuration.hpp"
#include "server/serve.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

// A relay that runs from a file which a test writes, and is steered as an operator would.
class Scenario {
public:
    Scenario() {
        write("");
        loaded_ = load();
        log_file_ = std::tmpfile();
        auto options = log_options(loaded_.config);
        options.descriptor = ::fileno(log_file_);
        options.tail_lines = 100;
        log_ = std::make_unique<telemetry::Log>(options);
        relay_ = std::make_unique<worker::Server>(loaded_.config, *log_);
        operations_ = std::make_unique<Operations>(
            Operations::Start{{.file = file(), .assignments = {}}, std::nullopt, loaded_}, *relay_,
            *log_, [this](const config::Config&) { return prepare(); });
        runner_ = std::thread{[this] { relay_->run(); }};
    }
    ~Scenario() {
        relay_->stop();
        runner_.join();
        operations_.reset();
        relay_.reset();
        log_.reset();
        std::fclose(log_file_);
    }

    // The file with this behind what every one has.
    void write(const std::string& more) const {
        const std::string address = test::own_loopback(9).to_string();
        std::ofstream{folder_.file("turnpike.toml")}
            << "realm = \"example.org\"\n"
            << "listen = { udp = [\"" << address << ":34780\"], tcp = [] }\n"
            << "relay = { addresses = [\"" << address << "\"], ports = [50000, 50099] }\n"
            << "storage = { url = \"\" }\nserver = { workers = 1 }\nadmin = { listen = \"\" }\n"
            << "users = { alice = \"wonderland\" }\n"
            << more;
    }
    template <typename T, typename Begin>
    [[nodiscard]] T ask(Begin&& begin) {
        std::promise<T> said;
        auto answer = said.get_future();
        begin(*operations_, [&](T each) { said.set_value(std::move(each)); });
        return answer.get();
    }
    [[nodiscard]] admin::ReloadReport reload() {
        return ask<admin::ReloadReport>(
            [](auto& operations, auto handler) { operations.reload(std::move(handler)); });
    }
    [[nodiscard]] std::string metrics() {
        return ask<std::string>(
            [](auto& operations, auto handler) { operations.metrics(std::move(handler)); });
    }
    [[nodiscard]] Operations& operations() { return *operations_; }
    [[nodiscard]] worker::Server& relay() { return *relay_; }
    [[nodiscard]] telemetry::Log& log() { return *log_; }

    std::string refusal;  // of what else a reload changes
    int applied = 0;
    bool has_other_token = false;

private:
    [[nodiscard]] std::string file() const { return folder_.file("turnpike.toml"); }
    [[nodiscard]] config::Loaded load() const {
        config::Loaded loaded =
            load_configuration(gather_inputs({.file = file(), .assignments = {}}));
        if (!loaded.ok()) throw std::runtime_error{loaded.errors.front().to_string()};
        return loaded;
    }
    protocol::Result<Operations::Prepared, worker::ChangeProblem> prepare() {
        if (!refusal.empty()) return worker::ChangeProblem{refusal};
        return Operations::Prepared{.apply = [this] { ++applied; },
                                    .has_other_token = has_other_token};
    }

    test::Folder folder_;
    config::Loaded loaded_;
    std::FILE* log_file_ = nullptr;
    std::unique_ptr<telemetry::Log> log_;
    std::unique_ptr<worker::Server> relay_;
    std::unique_ptr<Operations> operations_;
    std::thread runner_;
};

TEST_CASE("a reload tells what it changed, and that is in force") {
    Scenario s;
    s.write("log = { level = \"warning\" }\nlimits = { allocations_per_user = 3 }\n");
    const auto report = s.reload();
    REQUIRE(report.ok());
    REQUIRE(report.changes.size() == 2);
    CHECK(report.changes[0].key == "limits.allocations_per_user");
    CHECK(report.changes[0].after == "3");
    CHECK(s.applied == 1);
    CHECK(s.operations().log_levels().at("session") == "warning");
    const auto settings = s.ask<std::vector<admin::ConfigSetting>>(
        [](auto& operations, auto handler) { operations.effective_config(std::move(handler)); });
    const auto limit =
        std::ranges::find(settings, "limits.allocations_per_user", &admin::ConfigSetting::key);
    REQUIRE(limit != settings.end());
    CHECK(limit->value == "3");
    CHECK_THAT(limit->source, Contains("turnpike.toml:"));
    const auto users = std::ranges::find(settings, "users", &admin::ConfigSetting::key);
    CHECK(users->value.find("wonderland") == std::string::npos);
    CHECK(s.reload().changes.empty());
}

TEST_CASE("a mistake refuses all of it, with file and line, until it is mended") {
    Scenario s;
    s.write("limits = { allocations_per_usr = 3 }\n");
    const auto report = s.reload();
    REQUIRE_FALSE(report.ok());
    CHECK_THAT(report.errors.front(),
               Contains("turnpike.toml:8") && Contains("allocations_per_user"));
    CHECK_THAT(s.metrics(), Contains("turnpike_config_last_reload_successful 0"));
    CHECK(s.applied == 0);
    s.write("");
    CHECK(s.reload().ok());
    CHECK_THAT(s.metrics(), Contains("turnpike_config_last_reload_successful 1"));
}

TEST_CASE("what else belongs to a reload can refuse it") {
    Scenario s;
    s.refusal = "the token is empty";
    s.write("limits = { bytes = 7 }\n");
    CHECK(s.reload().errors == std::vector<std::string>{"the token is empty"});
    s.refusal.clear();
    CHECK(s.reload().changes.size() == 1);
    s.has_other_token = true;
    const auto report = s.reload();
    REQUIRE(report.changes.size() == 1);
    CHECK(report.changes.front().key == "admin.token_file");
}

TEST_CASE("the server asks itself for an allocation, and nobody is billed or told") {
    Scenario s;
    const auto found = s.ask<admin::Readiness>(
        [](auto& operations, auto handler) { operations.probe(std::move(handler)); });
    CHECK(found.reason == "");
    CHECK(found.ready);
    CHECK(s.relay().counters()[static_cast<std::size_t>(telemetry::Counter::allocations_made)] ==
          0);
    const auto page = s.ask<worker::SessionPage>(
        [](auto& operations, auto handler) { operations.list_sessions({}, std::move(handler)); });
    CHECK(page.sessions.empty());
}

TEST_CASE("probes end when the one that is under way has been answered") {
    Scenario s;
    std::promise<void> begun;
    std::promise<void> released;
    bool is_answered = false;
    // It hangs in what it tells its answer to.
    s.operations().probe([&](const admin::Readiness&) {
        begun.set_value();
        released.get_future().wait();
        is_answered = true;
    });
    begun.get_future().wait();
    auto ended = std::async(std::launch::async, [&s] { s.operations().end_probes(); });
    released.set_value();
    ended.get();
    CHECK(is_answered);
}

TEST_CASE("a probe that is asked for after the end of them is not answered") {
    Scenario s;
    s.operations().end_probes();
    bool is_answered = false;
    s.operations().probe([&is_answered](const admin::Readiness&) { is_answered = true; });
    // The relay does one thing after the other: it has handed the probe on by then.
    CHECK(s.reload().ok());
    s.operations().end_probes();
    CHECK_FALSE(is_answered);
}

TEST_CASE("a drain tells how far it is, from its beginning to its end") {
    Scenario s;
    const auto status = [&] {
        return s.ask<admin::DrainStatus>(
            [](auto& operations, auto handler) { operations.drain_status(std::move(handler)); });
    };
    test::SocketClient client{
        std::make_unique<test::UdpWire>(test::endpoint("127.0.0.2:0"), s.relay().udp().front())};
    REQUIRE(client.allocate()->success());
    const auto before = status();
    CHECK(before.phase == admin::Phase::serving);
    CHECK(before.allocations == 1);
    CHECK(before.left == 0s);
    const auto begun = s.ask<admin::DrainStatus>(
        [](auto& operations, auto handler) { operations.drain(600s, std::move(handler)); });
    CHECK(begun.phase == admin::Phase::draining);
    CHECK(begun.allocations == 1);
    CHECK(begun.left > 0s);
    CHECK(begun.left <= 600s);
    CHECK(status().phase == admin::Phase::draining);
    REQUIRE(client.refresh(0s));
    const auto until = std::chrono::steady_clock::now() + test::patience;
    while (status().phase != admin::Phase::ended && std::chrono::steady_clock::now() < until) {
        std::this_thread::yield();
    }
    const auto after = status();
    CHECK(after.phase == admin::Phase::ended);
    CHECK(after.allocations == 0);
    CHECK(after.left == 0s);
}

TEST_CASE("nobody's sessions are ended where there are none") {
    Scenario s;
    const auto ended = s.ask<worker::SessionsEnded>(
        [](auto& operations, auto handler) { operations.end_sessions({}, std::move(handler)); });
    CHECK(ended.ended == 0);
    CHECK(ended.workers_unheard == 0);
}

TEST_CASE("levels of the log change by area, or all at once, or not at all") {
    Scenario s;
    CHECK(s.operations().set_log_levels({{"all", "error"}, {"session", "debug"}}).empty());
    CHECK(s.operations().log_levels().at("session") == "debug");
    CHECK(s.operations().log_levels().at("storage") == "error");
    CHECK_THAT(s.operations().set_log_levels({{"session", "info"}, {"sesion", "info"}}),
               Contains("no area \"sesion\""));
    CHECK_THAT(s.operations().set_log_levels({{"session", "loud"}}), Contains("no level"));
    CHECK(s.operations().log_levels().at("session") == "debug");
}

TEST_CASE("a reload leaves the levels that an operator set, but where it changes them") {
    Scenario s;
    CHECK(s.operations().set_log_levels({{"session", "debug"}, {"auth", "error"}}).empty());
    s.write("limits = { bytes = 7 }\n");
    CHECK(s.reload().ok());
    CHECK(s.operations().log_levels().at("session") == "debug");
    s.write("log = { areas = { auth = \"warning\" } }\n");
    CHECK(s.reload().ok());
    CHECK(s.operations().log_levels().at("session") == "debug");
    CHECK(s.operations().log_levels().at("auth") == "warning");
    s.write("log = { level = \"error\" }\n");
    CHECK(s.reload().ok());
    CHECK(s.operations().log_levels().at("session") == "error");
    CHECK(s.operations().log_levels().at("auth") == "error");
}

TEST_CASE("events are the lines of the log, by their numbers") {
    Scenario s;
    const auto before = s.operations().newest();
    s.log().warning(telemetry::Area::server, "something happened");
    const auto events = s.operations().tail(before, 10);
    REQUIRE(!events.empty());
    CHECK_THAT(events.back().json, Contains("something happened"));
    CHECK(s.operations().newest() == events.back().number);
}

}  // namespace
}  // namespace turnpike
