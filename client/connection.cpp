// SPDX-License-Identifier: BSD-3-Clause
#include "client/connection.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "client/resolve.hpp"
#include "protocol/stream_framer.hpp"

namespace turnpike::client {
namespace {

using protocol::Endpoint;
using protocol::Transport;

std::string describe_errno() {
    return std::strerror(errno);
}

int milliseconds_until(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(left);
}

socklen_t fill(sockaddr_storage& address, const Endpoint& endpoint) {
    const auto octets = endpoint.address.octets();
    if (endpoint.address.is_v6()) {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(endpoint.port);
        std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
        return sizeof v6;
    }
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, octets.data(), octets.size());
    return sizeof v4;
}

bool bind_to(int descriptor, const protocol::IpAddress& local) {
    sockaddr_storage address{};
    const socklen_t octets = fill(address, {local, 0});
    return ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), octets) == 0;
}

// Connects without blocking longer than `timeout`; 0, or the errno of the failure.
int connect_within(int descriptor, const Endpoint& server, std::chrono::milliseconds timeout) {
    sockaddr_storage address{};
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), fill(address, server)) ==
        0) {
        return 0;
    }
    if (errno != EINPROGRESS) return errno;
    pollfd waiting{descriptor, POLLOUT, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(timeout.count()));
    if (ready == 0) return ETIMEDOUT;
    if (ready < 0) return errno;
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size);
    return failure;
}

}  // namespace

Connection::Connection(int descriptor, bool stream, Endpoint server)
    : descriptor_{descriptor}, stream_{stream}, server_{server}, buffer_(2 * 65556) {}

Connection::Connection(Connection&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)},
      stream_{other.stream_},
      server_{other.server_},
      channel_{std::move(other.channel_)},
      error_{std::move(other.error_)},
      buffer_{std::move(other.buffer_)},
      used_{std::exchange(other.used_, 0)},
      consumed_{std::exchange(other.consumed_, 0)} {}

Connection& Connection::operator=(Connection&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(stream_, other.stream_);
    std::swap(server_, other.server_);
    std::swap(channel_, other.channel_);
    std::swap(error_, other.error_);
    std::swap(buffer_, other.buffer_);
    std::swap(used_, other.used_);
    std::swap(consumed_, other.consumed_);
    return *this;
}

Connection::~Connection() {
    if (channel_) channel_->close();
    if (descriptor_ >= 0) close(descriptor_);
}

protocol::Result<Connection, Failure> Connection::open(const protocol::Uri& uri,
                                                       const ConnectSettings& settings) {
    const auto servers = resolve(uri.host, uri.port);
    if (!servers) return servers.error();
    Failure failure;
    for (const Endpoint& server : *servers) {
        auto connection = connect(uri.transport, server, settings);
        if (!connection) {
            failure = connection.error();
            continue;
        }
        if (!is_secure(uri.transport)) return connection;
        const auto secured = connection->secure(uri.host, settings);
        if (secured) return connection;
        failure = secured.error();
    }
    return failure;
}

protocol::Result<Connection, Failure> Connection::connect(Transport transport,
                                                          const Endpoint& server,
                                                          const ConnectSettings& settings) {
    const bool stream = protocol::is_stream(transport);
    const int descriptor =
        ::socket(server.address.is_v6() ? AF_INET6 : AF_INET,
                 (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return Failure{.text = describe_errno()};
    Connection connection{descriptor, stream, server};
    if (settings.local && !bind_to(descriptor, *settings.local)) {
        return Failure{.text = settings.local->to_string() + ": " + describe_errno()};
    }
    if (const int error = connect_within(descriptor, server, settings.timeout); error != 0) {
        return Failure{.text = server.to_string() + ": " + std::strerror(error)};
    }
    return connection;
}

protocol::Result<void, Failure> Connection::secure(const std::string& host,
                                                   const ConnectSettings& settings) {
    auto channel = SecureChannel::open(descriptor_, {server_, host, !stream_}, settings.trust,
                                       Clock::now() + settings.timeout);
    if (!channel) return channel.error();
    channel_ = *std::move(channel);
    return {};
}

bool Connection::send(protocol::Bytes message) {
    std::array<std::byte, 3> padding{};
    const bool pads = stream_ && message.size() % 4 != 0;
    if (channel_) {
        std::vector<std::byte> record{message.begin(), message.end()};
        if (pads) record.resize(message.size() + 4 - message.size() % 4);
        if (channel_->write(record)) return true;
        error_ = "the channel takes no more data";
        return false;
    }
    std::array<iovec, 2> parts{iovec{const_cast<std::byte*>(message.data()), message.size()},
                               iovec{padding.data(), pads ? 4 - message.size() % 4 : 0}};
    msghdr header{};
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    const ssize_t sent = sendmsg(descriptor_, &header, MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(parts[0].iov_len + parts[1].iov_len)) return true;
    error_ = sent < 0 ? describe_errno() : "the connection takes no more data";
    return false;
}

bool Connection::wait_readable(Clock::time_point until) {
    if (channel_ && channel_->holds_input()) return true;
    pollfd waiting{descriptor_, POLLIN, 0};
    int ready = 0;
    do {
        ready = poll(&waiting, 1, milliseconds_until(until));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) error_ = "no answer";
    return ready > 0;
}

bool Connection::read_more() {
    const auto octets = read(std::span{buffer_}.subspan(used_));
    if (!octets) return error_.empty();
    used_ += *octets;
    return true;
}

// What came, or none: nothing was there, or error_ says why there will be nothing any more.
std::optional<std::size_t> Connection::read(protocol::MutableBytes buffer) {
    error_.clear();
    if (channel_) {
        const auto octets = channel_->read(buffer);
        if (octets && *octets == 0) {
            error_ = "the server closed the connection";
            return std::nullopt;
        }
        return octets;
    }
    const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0 || (count == 0 && !stream_)) return static_cast<std::size_t>(count);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    error_ = count == 0 ? "the server closed the connection" : describe_errno();
    return std::nullopt;
}

std::optional<protocol::Bytes> Connection::receive(Clock::time_point until) {
    if (!stream_) {
        used_ = 0;
        while (used_ == 0) {
            if (!wait_readable(until) || !read_more()) return std::nullopt;
        }
        return protocol::Bytes{buffer_}.first(used_);
    }
    std::memmove(buffer_.data(), buffer_.data() + consumed_, used_ - consumed_);
    used_ -= std::exchange(consumed_, 0);
    while (true) {
        const auto frame = protocol::next_frame(protocol::Bytes{buffer_}.first(used_),
                                                protocol::ChannelRange::rfc5766);
        if (frame.state == protocol::Frame::State::complete) {
            consumed_ = frame.octets;
            return frame.message;
        }
        if (frame.state == protocol::Frame::State::broken) {
            error_ = "the server sent what is neither STUN nor ChannelData";
            return std::nullopt;
        }
        if (!wait_readable(until) || !read_more()) return std::nullopt;
    }
}

}  // namespace turnpike::client
