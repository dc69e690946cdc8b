// SPDX-License-Identifier: BSD-3-Clause
#include "server/systemd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

#include "server/net/file_descriptor.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;

class Variable {
public:
    Variable(const char* name, const std::string& value) : name_{name} {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
};

// What systemd would hear.
class Listener {
public:
    Listener() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = folder_.file("notify");
        std::memcpy(address.sun_path, path.c_str(), path.size());
        REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address),
                       sizeof address) == 0);
        environment_.emplace("NOTIFY_SOCKET", path);
    }

    // The next message; empty: none.
    [[nodiscard]] std::string heard() const {
        std::array<char, 1024> buffer{};
        const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        return size < 0 ? std::string{}
                        : std::string{buffer.data(), static_cast<std::size_t>(size)};
    }

private:
    test::Folder folder_;
    net::FileDescriptor socket_;
    std::optional<Variable> environment_;
};

// In a process of its own, whose descriptors may be put anywhere.
bool holds_in_child(const std::function<bool()>& claim) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(claim() ? 0 : 1);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_CASE("where nobody listens nothing is said, and nothing was handed over") {
    ServiceManager manager;
    manager.ready("serving");
    manager.reloading();
    manager.stopping(5s);
    manager.alive();
    CHECK_FALSE(manager.watchdog_interval());
    CHECK(manager.take_sockets().empty());
}

TEST_CASE("the life of a service is told in systemd's words") {
    const Listener listener;
    const ServiceManager manager;
    manager.ready("0 allocations");
    CHECK(listener.heard() == "READY=1\nSTATUS=0 allocations");
    manager.status("1 allocation");
    CHECK(listener.heard() == "STATUS=1 allocation");
    manager.reloading();
    const std::string reloading = listener.heard();
    CHECK(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="));
    CHECK(reloading.ends_with("\nSTATUS=Reloading"));
    manager.alive();
    CHECK(listener.heard() == "WATCHDOG=1");
    manager.stopping(5s);
    CHECK(listener.heard() == "STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC=20000000");
    CHECK(listener.heard().empty());
}

TEST_CASE("a status is one line, whatever stands in it") {
    const Listener listener;
    ServiceManager{}.status("a\nMAINPID=1\r\nb");
    CHECK(listener.heard() == "STATUS=a MAINPID=1  b");
}

TEST_CASE("a listener that has gone is no reason to fail") {
    const Variable nowhere{"NOTIFY_SOCKET", "/nowhere/notify"};
    CHECK_NOTHROW(ServiceManager{}.ready("serving"));
}

TEST_CASE("the watchdog wants to hear of us twice in its time, if it is ours") {
    const Variable time{"WATCHDOG_USEC", "30000000"};
    {
        const Variable ours{"WATCHDOG_PID", std::to_string(::getpid())};
        CHECK(ServiceManager{}.watchdog_interval() == 15s);
    }
    const Variable another{"WATCHDOG_PID", "1"};
    CHECK_FALSE(ServiceManager{}.watchdog_interval());
}

TEST_CASE("sockets that were passed are taken once, and no child of ours sees them") {
    CHECK(holds_in_child([] {
        const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
        if (::dup2(socket, 3) != 3 || ::dup2(socket, 4) != 4) return false;
        ::setenv("LISTEN_FDS", "2", 1);
        ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
        ServiceManager manager;
        if (manager.take_sockets() != std::vector<int>{3, 4}) return false;
        const bool closes = (::fcntl(3, F_GETFD) & FD_CLOEXEC) != 0;
        return closes && std::getenv("LISTEN_FDS") == nullptr && manager.take_sockets().empty();
    }));
}

TEST_CASE("sockets that were passed to another process are not ours") {
    CHECK(holds_in_child([] {
        ::setenv("LISTEN_FDS", "1", 1);
        ::setenv("LISTEN_PID", "1", 1);
        return ServiceManager{}.take_sockets().empty();
    }));
}

}  // namespace
}  // namespace turnpike
