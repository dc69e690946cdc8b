// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/listener.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "server/net/socket_address.hpp"

namespace turnpike::admin {
namespace {

constexpr int backlog = 64;
constexpr mode_t mode_of_file = 0660;

[[noreturn]] void fail(std::string_view place, std::string_view what) {
    throw std::runtime_error{fmt::format("admin.listen: {}: {}", place, what)};
}

[[noreturn]] void fail(std::string_view place) {
    fail(place, std::system_category().message(errno));
}

[[nodiscard]] net::FileDescriptor stream_socket(int family, std::string_view place) {
    net::FileDescriptor descriptor{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!descriptor) fail(place);
    return descriptor;
}

[[nodiscard]] const sockaddr* general(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

// Removes the file of a server that is gone; never that of one that lives, and never another file.
void make_room(const sockaddr_un& address, std::string_view place) {
    struct stat status{};
    if (::lstat(address.sun_path, &status) != 0) {
        if (errno == ENOENT) return;
        fail(place);
    }
    if (!S_ISSOCK(status.st_mode)) fail(place, "there is a file that is no socket");
    const auto probe = stream_socket(AF_UNIX, place);
    if (::connect(probe.get(), general(address), sizeof address) == 0 || errno == EAGAIN) {
        fail(place, "another server listens there");
    }
    if (errno != ECONNREFUSED) fail(place);
    if (::unlink(address.sun_path) != 0 && errno != ENOENT) fail(place);
}

[[nodiscard]] net::FileDescriptor open_unix(const std::string& path, std::string_view place) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) fail(place, "the path is too long for a socket");
    path.copy(address.sun_path, path.size());
    make_room(address, place);
    auto descriptor = stream_socket(AF_UNIX, place);
    // Nobody can connect before it listens.
    if (::bind(descriptor.get(), general(address), sizeof address) != 0 ||
        ::chmod(path.c_str(), mode_of_file) != 0 || ::listen(descriptor.get(), backlog) != 0) {
        fail(place);
    }
    return descriptor;
}

[[nodiscard]] net::FileDescriptor open_tcp(const protocol::Endpoint& endpoint,
                                           std::string_view place) {
    auto descriptor = stream_socket(endpoint.address.is_v4() ? AF_INET : AF_INET6, place);
    const int yes = 1;
    ::setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const net::SocketAddress address{endpoint};
    if (::bind(descriptor.get(), address.data(), address.size()) != 0 ||
        ::listen(descriptor.get(), backlog) != 0) {
        fail(place);
    }
    return descriptor;
}

}  // namespace

std::optional<Place> Place::parse(std::string_view text) {
    constexpr std::string_view scheme = "unix:";
    if (text.starts_with(scheme)) {
        text.remove_prefix(scheme.size());
        if (!text.starts_with('/') || text.find('\0') != text.npos) return std::nullopt;
        return Place{.path = std::string{text}};
    }
    const auto endpoint = protocol::Endpoint::parse(text);
    if (!endpoint) return std::nullopt;
    return Place{.endpoint = endpoint};
}

Listener Listener::open(const std::string& place) {
    const auto where = Place::parse(place);
    if (!where) fail(place, "write an address with a port, or unix:/FILE");
    if (where->endpoint) return Listener{open_tcp(*where->endpoint, place)};
    return Listener{open_unix(where->path, place), where->path};
}

Listener::~Listener() {
    if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace turnpike::admin
