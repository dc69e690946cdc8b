// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tcp_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace turnpike::net {

using protocol::Bytes;
using protocol::Frame;

namespace {

// Memory that a burst left behind is given back; small buffers are kept.
constexpr std::size_t kept_octets = 4096;

void clear(std::vector<std::byte>& buffer) {
    if (buffer.capacity() > kept_octets) {
        std::vector<std::byte>{}.swap(buffer);
    } else {
        buffer.clear();
    }
}

}  // namespace

TcpConnection::Input TcpConnection::read(protocol::MutableBytes shared) {
    clear(whole_);
    clear(kept_);
    last_ = {};
    const auto count = ::recv(socket_, shared.data(), shared.size(), MSG_DONTWAIT);
    if (count == 0) return Input::end;
    if (count < 0) {
        const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        return later ? Input::none : Input::failed;
    }
    fresh_ = shared.first(static_cast<std::size_t>(count));
    return Input::some;
}

Frame TcpConnection::examine(Bytes stream) noexcept {
    Frame frame = protocol::next_frame(stream, channels_);
    if (!spoke_stun_ && frame.kind == protocol::Kind::channel_data) {
        frame.state = Frame::State::broken;
    }
    broken_ = frame.state == Frame::State::broken;
    spoke_stun_ = spoke_stun_ || frame.state == Frame::State::complete;
    return frame;
}

std::optional<Frame> TcpConnection::next() {
    if (broken_) return std::nullopt;
    if (!half_.empty()) return finish_half();
    if (fresh_.empty()) return std::nullopt;
    const Frame frame = examine(fresh_);
    if (frame.state == Frame::State::complete) {
        last_ = fresh_.first(frame.octets);
        fresh_ = fresh_.subspan(frame.octets);
        return frame;
    }
    if (!broken_) {
        half_.assign(fresh_.begin(), fresh_.end());
        fresh_ = {};
    }
    return std::nullopt;
}

void TcpConnection::take_back() {
    std::vector<std::byte> unread{last_.begin(), last_.end()};
    unread.insert(unread.end(), fresh_.begin(), fresh_.end());
    kept_ = std::move(unread);
    fresh_ = kept_;
    last_ = {};
}

std::optional<Frame> TcpConnection::finish_half() {
    while (true) {
        const Frame frame = examine(half_);
        if (frame.state == Frame::State::complete) {
            whole_.swap(half_);  // the frame's views stay with the octets
            half_.clear();
            last_ = whole_;
            return frame;
        }
        if (broken_ || fresh_.empty()) return std::nullopt;
        const std::size_t missing =
            std::max<std::size_t>(1, frame.octets > half_.size() ? frame.octets - half_.size() : 0);
        const Bytes more = fresh_.first(std::min(missing, fresh_.size()));
        half_.insert(half_.end(), more.begin(), more.end());
        fresh_ = fresh_.subspan(more.size());
    }
}

bool TcpConnection::queue(Bytes message, std::size_t limit) {
    if (queued() + message.size() > limit) return false;
    // What was sent leaves the front once it is the larger part, so moving stays cheap.
    if (out_sent_ > out_.size() / 2) {
        out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(out_sent_));
        out_sent_ = 0;
    }
    out_.insert(out_.end(), message.begin(), message.end());
    return true;
}

bool TcpConnection::queue_data(Bytes message) {
    return queue(message, queue_octets_max_);
}

bool TcpConnection::queue_answer(Bytes message) {
    return queue(message, queue_octets_max_ + answer_reserve);
}

TcpConnection::Output TcpConnection::flush() {
    while (queued() != 0) {
        const auto count =
            ::send(socket_, out_.data() + out_sent_, queued(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0) {
            if (errno == EINTR) continue;
            const bool later = errno == EAGAIN || errno == EWOULDBLOCK;
            return later ? Output::blocked : Output::failed;
        }
        out_sent_ += static_cast<std::size_t>(count);
        written_ += static_cast<std::uint64_t>(count);
    }
    clear(out_);
    out_sent_ = 0;
    return Output::done;
}

}  // namespace turnpike::net
