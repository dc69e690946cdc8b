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

std::optional<std::size_t> TcpConnection::receive(protocol::MutableBytes buffer, Input& reason) {
    if (!early_.empty()) {
        const std::size_t count = std::min(early_.size(), buffer.size());
        std::copy_n(early_.begin(), count, buffer.begin());
        early_.erase(early_.begin(), early_.begin() + static_cast<std::ptrdiff_t>(count));
        return count;
    }
    const auto count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count > 0) return static_cast<std::size_t>(count);
    const bool later = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    reason = count == 0 ? Input::end : later ? Input::none : Input::failed;
    return std::nullopt;
}

TcpConnection::Input TcpConnection::read(protocol::MutableBytes shared) {
    clear(whole_);
    clear(kept_);
    last_ = {};
    if (const auto input = ended()) return *input;
    // A third for what comes, so that its plaintext and a record that was begun fit into the rest.
    static_assert(least_shared_octets / 3 >= tls_record_octets_max);
    const std::size_t share = tls_ ? shared.size() / 3 : shared.size();
    Input reason = Input::none;
    const auto count = receive(shared.last(share), reason);
    if (!count) return reason;
    const Bytes came = shared.last(share).first(*count);
    if (tls_) {
        const protocol::MutableBytes plaintext = shared.first(shared.size() - share);
        fresh_ = plaintext.first(tls_->receive(came, plaintext));
    } else {
        fresh_ = came;
    }
    return Input::some;
}

std::optional<TcpConnection::Input> TcpConnection::ended() const noexcept {
    if (tls_ && tls_->state() == TlsSession::State::failed) return Input::failed;
    if (tls_ && tls_->state() == TlsSession::State::ending) return Input::end;
    return std::nullopt;
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
    keep(last_);
}

void TcpConnection::detach() {
    keep({});
}

void TcpConnection::keep(Bytes first) {
    std::vector<std::byte> unread{first.begin(), first.end()};
    unread.insert(unread.end(), fresh_.begin(), fresh_.end());
    kept_ = std::move(unread);
    fresh_ = kept_;
    last_ = {};
}

std::vector<std::byte> TcpConnection::take_ahead() {
    clear(whole_);
    fresh_ = {};
    return std::exchange(kept_, {});
}

Bytes TcpConnection::take_octets() {
    return std::exchange(fresh_, {});
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

std::size_t TcpConnection::queued() const noexcept {
    return out_.size() - out_sent_ + (tls_ ? tls_->output().size() : 0);
}

TcpConnection::Output TcpConnection::write(Bytes octets, std::size_t& sent) {
    const auto count = ::send(socket_, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    sent = count < 0 ? 0 : static_cast<std::size_t>(count);
    written_ += sent;
    if (count >= 0 || errno == EINTR) return Output::done;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Output::blocked : Output::failed;
}

TcpConnection::Output TcpConnection::flush() {
    const Output output = tls_ ? flush_records() : flush_plain();
    if (output != Output::done) return output;
    clear(out_);
    out_sent_ = 0;
    return Output::done;
}

TcpConnection::Output TcpConnection::flush_plain() {
    while (out_sent_ < out_.size()) {
        std::size_t sent = 0;
        const Output output = write(Bytes{out_}.subspan(out_sent_), sent);
        if (output != Output::done) return output;
        out_sent_ += sent;
    }
    return Output::done;
}

// No more is encrypted ahead than what a write may take, so that the queue stays one of messages.
TcpConnection::Output TcpConnection::flush_records() {
    while (true) {
        while (!tls_->output().empty()) {
            std::size_t sent = 0;
            const Output output = write(tls_->output(), sent);
            if (output != Output::done) return output;
            tls_->sent(sent);
        }
        const Bytes waiting = Bytes{out_}.subspan(out_sent_);
        if (waiting.empty()) return Output::done;
        const Bytes next = waiting.first(std::min(waiting.size(), 4 * tls_record_octets_max));
        if (!tls_->send(next)) return Output::failed;
        out_sent_ += next.size();
    }
}

void TcpConnection::rest() noexcept {
    last_ = {};
    std::vector<std::byte>{}.swap(whole_);
    if (fresh_.empty()) std::vector<std::byte>{}.swap(kept_);
    if (half_.empty()) std::vector<std::byte>{}.swap(half_);
    if (out_.empty()) std::vector<std::byte>{}.swap(out_);
    if (tls_) tls_->rest();
}

TcpConnection::Output TcpConnection::end_output() {
    if (tls_) tls_->close();  // once
    const Output output = flush();
    if (output == Output::done) (void)::shutdown(socket_, SHUT_WR);
    return output;
}

void TcpConnection::close() {
    if (flush() != Output::done || !tls_) return;
    tls_->close();
    (void)flush();
}

}  // namespace turnpike::net
