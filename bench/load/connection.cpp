// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/connection.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "protocol/stream_framer.hpp"

namespace turnpike::bench {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

std::string describe_errno() {
    return std::strerror(errno);
}

Endpoint endpoint_of(const addrinfo& info) {
    if (info.ai_family == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, info.ai_addr, sizeof address);
        return {IpAddress::v6(std::as_bytes(std::span{address.sin6_addr.s6_addr})),
                ntohs(address.sin6_port)};
    }
    sockaddr_in address{};
    std::memcpy(&address, info.ai_addr, sizeof address);
    return {IpAddress::v4(ntohl(address.sin_addr.s_addr)), ntohs(address.sin_port)};
}

int milliseconds_until(Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    return left < 0 ? 0 : static_cast<int>(left);
}

// Connects without blocking longer than `timeout`; 0, or the errno of the failure.
int connect_within(int descriptor, const addrinfo& info, std::chrono::milliseconds timeout) {
    if (connect(descriptor, info.ai_addr, info.ai_addrlen) == 0) return 0;
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
      error_{std::move(other.error_)},
      buffer_{std::move(other.buffer_)},
      used_{std::exchange(other.used_, 0)},
      consumed_{std::exchange(other.consumed_, 0)} {}

Connection& Connection::operator=(Connection&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(stream_, other.stream_);
    std::swap(server_, other.server_);
    std::swap(error_, other.error_);
    std::swap(buffer_, other.buffer_);
    std::swap(used_, other.used_);
    std::swap(consumed_, other.consumed_);
    return *this;
}

Connection::~Connection() {
    if (descriptor_ >= 0) close(descriptor_);
}

protocol::Result<Connection, Problem> Connection::open(const Uri& uri,
                                                       std::chrono::milliseconds timeout) {
    if (uri.transport == protocol::Transport::tls || uri.transport == protocol::Transport::dtls) {
        return Problem{"TLS and DTLS are not checked by this version"};
    }
    const bool stream = protocol::is_stream(uri.transport);
    addrinfo hints{};
    hints.ai_socktype = stream ? SOCK_STREAM : SOCK_DGRAM;
    addrinfo* found = nullptr;
    const int status =
        getaddrinfo(uri.host.c_str(), std::to_string(uri.port).c_str(), &hints, &found);
    if (status != 0) {
        return Problem{"the name " + uri.host + " cannot be resolved: " + gai_strerror(status)};
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list{found, &freeaddrinfo};

    std::string problem;
    for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
        const int descriptor = socket(
            info->ai_family, info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, info->ai_protocol);
        if (descriptor < 0) {
            problem = describe_errno();
            continue;
        }
        Connection connection{descriptor, stream, endpoint_of(*info)};
        const int failure = connect_within(descriptor, *info, timeout);
        if (failure == 0) return connection;
        problem = connection.server_.to_string() + ": " + std::strerror(failure);
    }
    return Problem{problem};
}

bool Connection::send(protocol::Bytes message) {
    std::array<std::byte, 3> padding{};
    const bool pads = stream_ && message.size() % 4 != 0;
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
    pollfd waiting{descriptor_, POLLIN, 0};
    int ready = 0;
    do {
        ready = poll(&waiting, 1, milliseconds_until(until));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) error_ = "no answer";
    return ready > 0;
}

bool Connection::read_more() {
    const ssize_t count =
        recv(descriptor_, buffer_.data() + used_, buffer_.size() - used_, MSG_DONTWAIT);
    if (count > 0) {
        used_ += static_cast<std::size_t>(count);
        return true;
    }
    if (count == 0 && !stream_) return true;  // an empty datagram
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    error_ = count == 0 ? "the server closed the connection" : describe_errno();
    return false;
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

}  // namespace turnpike::bench
