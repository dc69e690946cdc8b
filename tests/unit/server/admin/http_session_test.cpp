// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/http_session.hpp"

#include <sys/mman.h>

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

std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

TEST_CASE("a connection is kept for the next request, and requests may be sent ahead") {
    const AdminServer admin;
    PlainClient client = admin.client();
    for (int turn = 0; turn < 3; ++turn) {
        client.say(AdminServer::request("GET /livez"));
        CHECK(holds(client.until("alive\n"), "HTTP/1.1 200 OK\r\n"));
    }
    std::string many;
    for (int turn = 0; turn < 50; ++turn) {
        many += AdminServer::request(turn % 2 == 0 ? "GET /livez" : "GET /nothing");
    }
    client.say(many + AdminServer::request("GET /metrics", "Connection: close\r\n"));
    const std::string answers = client.to_the_end();
    CHECK(count_of(answers, "HTTP/1.1 200 OK") == 26);
    CHECK(count_of(answers, "HTTP/1.1 404 Not Found") == 25);
    CHECK(holds(answers, "turnpike_up 1\n"));
}

TEST_CASE("a request that comes octet by octet is the same request") {
    const AdminServer admin;
    PlainClient client = admin.client();
    const std::string body = R"({"deadline_seconds": 90})";
    for (const char each : AdminServer::request("POST /v1/drain",
                                                "Connection: close\r\n"
                                                "Content-Length: 24\r\n") +
                               body) {
        REQUIRE(client.say({&each, 1}));
    }
    CHECK(holds(client.to_the_end(), "\"left_seconds\":90"));
}

TEST_CASE("a body in chunks is a body, and 100-continue is answered") {
    const AdminServer admin;
    CHECK(holds(admin.ask("POST /v1/drain",
                          "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"dea\r\n"
                          "13\r\ndline_seconds\": 90}\r\n0\r\n"),
                "\"left_seconds\":90"));
    PlainClient client = admin.client();
    client.say(
        AdminServer::request("POST /v1/drain", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
    CHECK(client.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.say("{}");
    CHECK(holds(client.until("}\n"), "HTTP/1.1 202 Accepted"));
}

TEST_CASE("an answer to HEAD has the length of the body and not the body") {
    const AdminServer admin;
    const std::string answer = admin.ask("HEAD /livez");
    CHECK(holds(answer, "Content-Length: 6\r\n"));
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("headers and bodies that are too large are refused, and the connection ends") {
    const AdminServer admin;
    CHECK(
        holds(admin.ask("GET /livez", "X: " + std::string(20'000, 'x') + "\r\n"), "HTTP/1.1 431"));
    CHECK(holds(admin.ask("GET /" + std::string(20'000, 'x')), "HTTP/1.1 431"));
    const std::string large = admin.ask("POST /v1/drain", "Content-Length: 65537\r\n");
    CHECK(holds(large, "HTTP/1.1 413"));
    CHECK(holds(large, "\"code\":\"body_too_large\""));
    CHECK(holds(admin.ask("POST /v1/drain", "Transfer-Encoding: chunked\r\n\r\n20000\r\n" +
                                                std::string(0x20000, 'x') + "\r\n0\r\n"),
                "HTTP/1.1 413"));
    CHECK(holds(admin.ask("GET /livez"), "HTTP/1.1 200"));
}

TEST_CASE("what is no HTTP is told so, or nothing, and nobody else waits for it") {
    const AdminServer admin;
    for (const std::string& text :
         {std::string{"hello\r\n\r\n"}, std::string{"GET /livez HTTP/9.9\r\n\r\n"},
          std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11} + std::string(64, '\r'),
          std::string{"GET /livez HTTP/1.1\r\nContent-Length: x\r\n\r\n"},
          std::string{"GET /livez HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"},
          std::string{"POST /v1/drain HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n"},
          std::string(1000, '\0')}) {
        PlainClient client = admin.client();
        client.say(text);
        client.end();
        const std::string answer = client.to_the_end();
        CHECK((answer.empty() || answer.starts_with("HTTP/1.1 4")));
    }
    CHECK(holds(admin.ask("GET /livez"), "HTTP/1.1 200"));
}

TEST_CASE("who says nothing, or half of a request, is cut when its time is over") {
    const AdminServer admin{{.request = 50ms}};
    for (const char* const half : {"", "GET", "GET /livez HTTP/1.1\r\n",
                                   "POST /v1/drain HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"}) {
        PlainClient client = admin.client();
        client.say(half);
        CHECK(client.to_the_end().empty());
    }
    CHECK(holds(admin.ask("GET /livez"), "HTTP/1.1 200"));
}

TEST_CASE("who asks and does not read is cut when the time for it is over") {
    const AdminServer admin{{.answer = 50ms}};
    PlainClient client = admin.client();
    // More answers than any buffer between the two holds.
    while (client.say(AdminServer::request("GET /v1/openapi.json"))) continue;
    CHECK(holds(admin.ask("GET /livez"), "HTTP/1.1 200"));
}

TEST_CASE("events come as they happen, with their numbers, and the stream goes on after one") {
    AdminServer admin;
    PlainClient client = admin.client();
    client.say(AdminServer::request("GET /v1/events"));
    const std::string head = client.until("\r\n\r\n");
    CHECK(holds(head, "HTTP/1.1 200 OK\r\n"));
    CHECK(holds(head, "Content-Type: text/event-stream\r\n"));
    CHECK_FALSE(holds(head, "Content-Length"));
}

TEST_CASE("a stream without events shows that it lives") {
    const AdminServer admin{{.heartbeat = 5ms}};
    PlainClient client = admin.client();
    client.say(AdminServer::request("GET /v1/events"));
    CHECK(holds(client.until(": still here\n\n"), "text/event-stream"));
    CHECK(client.until(": still here\n\n") == ": still here\n\n");
}

TEST_CASE("streams are so many and no more, and a place is free when one has ended") {
    const AdminServer admin{{.heartbeat = 5ms}};
    std::vector<PlainClient> clients;
    for (std::size_t turn = 0; turn < EventHub::streams_max; ++turn) {
        clients.push_back(admin.client());
        clients.back().say(AdminServer::request("GET /v1/events"));
        CHECK(holds(clients.back().until("\n\n"), "200 OK"));
    }
    CHECK(holds(admin.ask("GET /v1/events"), "too_many_streams"));
    clients.pop_back();
    // The server notices with the next heartbeat.
    for (std::string answer = "503"; holds(answer, "503");) {
        PlainClient client = admin.client();
        client.say(AdminServer::request("GET /v1/events"));
        answer = client.until("\r\n");
    }
    SUCCEED();
}

TEST_CASE("who comes without the token is in the log, and what was tried is not") {
    const test::Folder folder;
    const std::string path = (folder.path() / "admin.sock").string();
    const net::FileDescriptor sink{::memfd_create("log", MFD_CLOEXEC)};
    telemetry::Log log{{.descriptor = sink.get(),
                        .levels = telemetry::LogLevels{telemetry::Level::warning},
                        .tail_lines = 10}};
    test::FakeBackend backend;
    const Server server{Listener::open("unix:" + path),
                        {.backend = backend, .log = log},
                        {.settings = test::admin_settings()}};
    const auto ask = [&path](const std::string& line, const std::string& more) {
        PlainClient client{path};
        client.say(line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + more + "\r\n");
        return client.to_the_end();
    };
    const std::string guess = "Authorization: Bearer sesame\r\n";
    CHECK(holds(ask("GET /v1/sessions?user=anna", guess), "HTTP/1.1 401"));
    CHECK(holds(ask("POST /v1/credentials", ""), "HTTP/1.1 401"));
    CHECK(holds(ask("GET /livez", guess), "HTTP/1.1 200"));
    const auto lines = log.tail(0, 10);
    REQUIRE(lines.size() == 2);
    CHECK(holds(lines[0].json, "admin request without a good token"));
    CHECK(holds(lines[0].json, "/v1/sessions"));
    CHECK(holds(lines[0].json, "wrong"));
    CHECK_FALSE(holds(lines[0].json, "sesame"));
    CHECK_FALSE(holds(lines[0].json, "anna"));
    CHECK(holds(lines[1].json, "/v1/credentials"));
    CHECK(holds(lines[1].json, "none"));
}

}  // namespace
}  // namespace turnpike::admin
