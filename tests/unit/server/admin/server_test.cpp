// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <mutex>

#include "tests/support/admin_server.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using test::AdminServer;
using test::PlainClient;

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

// A source that any thread may fill while the server runs.
class SharedEvents : public EventSource {
public:
    std::vector<Event> tail(std::uint64_t after, std::size_t max) override {
        const std::lock_guard lock{mutex_};
        return events_.tail(after, max);
    }
    std::uint64_t newest() override {
        const std::lock_guard lock{mutex_};
        return events_.newest();
    }
    void on_event(std::function<void()> wake) override {
        const std::lock_guard lock{mutex_};
        events_.on_event(std::move(wake));
    }
    void happens(const std::string& json) {
        const std::lock_guard lock{mutex_};
        events_.happens(json);
    }

private:
    std::mutex mutex_;
    test::FakeEvents events_;
};

TEST_CASE("events that happen while a stream is open reach it, all of them and in order") {
    SharedEvents events;
    test::Folder folder;
    test::FakeBackend backend;
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    const std::string path = (folder.path() / "admin.sock").string();
    Server server{Listener::open("unix:" + path),
                  {.backend = backend, .events = &events, .log = log},
                  {.settings = test::admin_settings()}};
    events.happens(R"({"before": true})");
    PlainClient client{path};
    client.say(AdminServer::request("GET /v1/events"));
    client.until("\r\n\r\n");
    for (int number = 2; number <= 300; ++number) {
        events.happens("{\"number\":" + std::to_string(number) + "}");
    }
    for (int number = 2; number <= 300; ++number) {
        const std::string text = std::to_string(number);
        CHECK(client.until("\n\n") == "id: " + text + "\ndata: {\"number\":" + text + "}\n\n");
    }
    PlainClient again{path};
    again.say(AdminServer::request("GET /v1/events", "Last-Event-ID: 299\r\n"));
    again.until("\r\n\r\n");
    CHECK(again.until("\n\n") == "id: 300\ndata: {\"number\":300}\n\n");
}

TEST_CASE("connections are so many and no more, and the others are served on") {
    const AdminServer admin{{.connections = 3, .connections_of_address = 2}};
    PlainClient first = admin.client();
    PlainClient second = admin.client();
    for (PlainClient* each : {&first, &second}) {
        each->say(AdminServer::request("GET /livez"));
        CHECK(holds(each->until("alive\n"), "200 OK"));
    }
    PlainClient third = admin.client();
    third.say(AdminServer::request("GET /livez"));
    CHECK(third.to_the_end().empty());
    first.say(AdminServer::request("GET /livez"));
    CHECK(holds(first.until("alive\n"), "200 OK"));
}

TEST_CASE("a reload reaches the thread that answers") {
    AdminServer admin;
    Settings settings = test::admin_settings();
    settings.token = "another token of the tests";
    CHECK(holds(admin.ask("GET /v1/sessions"), "200 OK"));
    admin.server.apply(settings);
    CHECK(holds(admin.ask("GET /v1/sessions"), "401 Unauthorized"));
}

TEST_CASE("the server ends with connections and streams open, and a late answer harms nobody") {
    std::optional<AdminServer> admin;
    admin.emplace();
    admin->backend.holds_probes = true;
    PlainClient stream = admin->client();
    stream.say(AdminServer::request("GET /v1/events"));
    stream.until("\r\n\r\n");
    PlainClient waiting = admin->client();
    waiting.say(AdminServer::request("GET /readyz"));
    // Answered behind it on the same thread: the probe has been asked by then.
    CHECK(holds(admin->ask("GET /livez"), "200 OK"));
    admin->server.stop();
    for (const auto& each : admin->backend.held_probes) each({true, "late", 1us});
    CHECK(admin->events.is_watched() == false);
    admin.reset();
    CHECK(stream.to_the_end().empty());
    CHECK(waiting.to_the_end().empty());
}

TEST_CASE("over TCP the address counts that the client has") {
    test::FakeBackend backend;
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    Listener listener = Listener::open("127.0.0.1:0");
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
    Settings settings = test::admin_settings();
    settings.requests_per_second = 1;
    Server server{std::move(listener), {.backend = backend, .log = log}, {.settings = settings}};
    const auto ask_from = [&](const char* source) {
        const net::FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_in from{};
        from.sin_family = AF_INET;
        ::inet_pton(AF_INET, source, &from.sin_addr);
        REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0);
        REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
        const std::string text = AdminServer::request("GET /livez", "Connection: close\r\n");
        REQUIRE(::send(socket.get(), text.data(), text.size(), 0) > 0);
        std::array<char, 12> answer{};
        REQUIRE(::recv(socket.get(), answer.data(), answer.size(), MSG_WAITALL) == 12);
        return std::string{answer.data(), answer.size()};
    };
    CHECK(ask_from("127.0.0.1") == "HTTP/1.1 200");
    CHECK(ask_from("127.0.0.2") == "HTTP/1.1 200");
}

}  // namespace
}  // namespace turnpike::admin
