// SPDX-License-Identifier: BSD-3-Clause
//
// The admin interface as it runs, on a Unix socket of a test's own folder, and a client that says
// octets as they are and reads until the server hangs up.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "server/admin/server.hpp"
#include "server/net/file_descriptor.hpp"
#include "tests/support/admin_scenario.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::test {

// A connection; nothing waits longer than fifteen seconds.
class PlainClient {
public:
    explicit PlainClient(const std::string& path)
        : socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const timeval patience{.tv_sec = 15, .tv_usec = 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0) {
            throw std::runtime_error{"no server at " + path};
        }
    }

    // False: the server has hung up.
    bool say(std::string_view octets) {
        while (!octets.empty()) {
            const ssize_t count = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            octets.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    void end() { ::shutdown(socket_.get(), SHUT_WR); }

    // What has come when `text` has; what comes to the end where it does not.
    std::string until(std::string_view text) {
        while (heard_.find(text) == heard_.npos) {
            std::array<char, 4096> octets{};
            const ssize_t count = ::recv(socket_.get(), octets.data(), octets.size(), 0);
            if (count < 0 && errno == EAGAIN) throw std::runtime_error{"no answer at all"};
            if (count <= 0) return std::exchange(heard_, {});
            heard_.append(octets.data(), static_cast<std::size_t>(count));
        }
        const auto end = heard_.find(text) + text.size();
        std::string part = heard_.substr(0, end);
        heard_.erase(0, end);
        return part;
    }
    std::string to_the_end() { return until("\xff this never comes \xff"); }

private:
    net::FileDescriptor socket_;
    std::string heard_;
};

struct AdminServer {
    explicit AdminServer(const admin::HttpLimits& limits = {},
                         const admin::Settings& settings = admin_settings())
        : server{admin::Listener::open("unix:" + path()),
                 {.backend = backend, .events = &events, .log = log},
                 {.settings = settings, .limits = limits}} {}

    [[nodiscard]] std::string path() const { return (folder.path() / "admin.sock").string(); }
    [[nodiscard]] PlainClient client() const { return PlainClient{path()}; }
    [[nodiscard]] static std::string request(const std::string& line,
                                             const std::string& more = "") {
        return line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + admin_token +
               "\r\n" + more + "\r\n";
    }
    // What one request of its own connection is answered.
    [[nodiscard]] std::string ask(const std::string& line, const std::string& more = "") const {
        PlainClient one = client();
        one.say(request(line, "Connection: close\r\n" + more));
        return one.to_the_end();
    }

    Folder folder;
    FakeBackend backend;
    FakeEvents events;
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    admin::Server server;
};

}  // namespace turnpike::test
