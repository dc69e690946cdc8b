// SPDX-License-Identifier: BSD-3-Clause
//
// What stops a start, and how one ends; what runs is tested end to end.
#include "server/service.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <optional>
#include <string>
#include <thread>

#include "server/configuration.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/serve.hpp"
#include "tests/support/admin_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike {
namespace {

using Catch::Matchers::Contains;

Operations::Start start_with(const std::string& admin, std::string listener = "") {
    const std::string address = test::own_loopback(8).to_string();
    if (listener.empty()) listener = address + ":34781";
    Operations::Start start;
    start.loaded = config::load_text(
        "listen = { udp = [\"" + listener + "\"], tcp = [] }\nrelay = { addresses = [\"" + address +
            "\"], ports = [50000, 50099] }\nstorage = { url = \"\" }\n" +
            "server = { workers = 1 }\nusers = { alice = \"wonderland\" }\n" + admin,
        "turnpike.toml", {});
    if (!start.loaded.ok()) throw std::runtime_error{start.loaded.errors.front().to_string()};
    return start;
}

struct Quiet {
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
};

TEST_CASE("an admin interface that was asked for and cannot be had stops the start") {
    Quiet quiet;
    CHECK_THROWS_WITH((Service{start_with("admin = { listen = \"192.0.2.1:8478\" }\n"), quiet.log}),
                      Contains("192.0.2.1:8478"));
}

TEST_CASE("a token that cannot be read stops the start and says where it should be") {
    Quiet quiet;
    CHECK_THROWS_WITH(
        (Service{start_with("admin = { listen = \"\", token_file = \"/nowhere/token\" }\n"),
                 quiet.log}),
        Contains("/nowhere/token"));
}

TEST_CASE("without an admin interface there is a relay") {
    Quiet quiet;
    CHECK_NOTHROW(Service{start_with("admin = { listen = \"\" }\n"), quiet.log});
}

// Nearer to the address that a probe is sent to than the server's own socket: it hears the probe,
// and says nothing.
class Silence {
public:
    explicit Silence(std::uint16_t port)
        : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        const int shared = 1;
        const timeval patience{.tv_sec = 15, .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEPORT, &shared, sizeof shared);
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                       sizeof address) == 0);
    }

    [[nodiscard]] bool hears() const {
        std::array<char, 1500> octets{};
        return ::recv(socket_.get(), octets.data(), octets.size(), 0) > 0;
    }

private:
    net::FileDescriptor socket_;
};

TEST_CASE("a server that ends waits for the probe of itself that hangs") {
    Quiet quiet;
    const test::Folder folder;
    const std::string admin = folder.file("admin.sock");
    const auto port = static_cast<std::uint16_t>(20'000 + ::getpid() % 10'000);
    std::optional<Service> service;
    service.emplace(start_with("admin = { listen = \"unix:" + admin + "\" }\n",
                               "0.0.0.0:" + std::to_string(port)),
                    quiet.log);
    const Silence silence{port};
    std::thread runner{[&service] { service->run(); }};
    test::PlainClient client{admin};
    client.say("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(silence.hears());
    // What asked the probe for is in the loop that handles signals.
    ::kill(::getpid(), SIGTERM);
    runner.join();
    service.reset();
    // It was cut, or told that the server is not ready, and not left waiting.
    CHECK(client.to_the_end().find("200 OK") == std::string::npos);
}

}  // namespace
}  // namespace turnpike
