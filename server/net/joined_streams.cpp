// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/joined_streams.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace turnpike::net {

using protocol::Bytes;
using protocol::MutableBytes;

namespace {

bool later(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Flow flow_of(TcpConnection::Output output, Flow when_done) noexcept {
    switch (output) {
        case TcpConnection::Output::done:
            return when_done;
        case TcpConnection::Output::blocked:
            return Flow::blocked;
        case TcpConnection::Output::failed:
            break;
    }
    return Flow::broken;
}

// MSG_TRUNC would spare the copy, but is TCP's alone.
Flow discard(int socket, MutableBytes shared) noexcept {
    const auto count = ::recv(socket, shared.data(), shared.size(), MSG_DONTWAIT);
    if (count > 0) return Flow::moving;
    if (count == 0) return Flow::ended;
    return later(errno) ? Flow::idle : Flow::gone;
}

}  // namespace

JoinedStreams::JoinedStreams(TcpConnection client, int peer, Passage passage, PipePool& pool)
    : peer_{peer},
      passage_{passage},
      client_{std::move(client)},
      upwards_{pool},
      downwards_{pool},
      ahead_{client_.take_ahead()} {}

Moved JoinedStreams::to_peer(std::size_t allowed, MutableBytes shared) {
    const bool spliced = passage_ == Passage::splice && ahead_.empty();
    const Moved moved =
        spliced ? upwards_.move(client_.socket(), peer_, allowed) : copy_to_peer(allowed, shared);
    if (moved.flow == Flow::ended) (void)::shutdown(peer_, SHUT_WR);
    return moved;
}

Moved JoinedStreams::to_client(std::size_t allowed, MutableBytes shared) {
    Moved moved;
    if (owes_answer_) {
        moved.flow = flush_to_client(moved.taken);
        if (moved.flow != Flow::moving) return moved;
        owes_answer_ = false;
    }
    moved = passage_ == Passage::splice ? downwards_.move(peer_, client_.socket(), allowed)
                                        : copy_to_client(allowed, shared);
    if (moved.flow == Flow::ended) moved.flow = flow_of(client_.end_output(), Flow::ended);
    return moved;
}

Flow JoinedStreams::discard_from_client(MutableBytes shared) const noexcept {
    return discard(client_.socket(), shared);
}

Flow JoinedStreams::discard_from_peer(MutableBytes shared) const noexcept {
    return discard(peer_, shared);
}

Moved JoinedStreams::copy_to_peer(std::size_t allowed, MutableBytes shared) {
    const Bytes octets = ahead_.empty() ? read_client(shared) : Bytes{ahead_}.subspan(ahead_sent_);
    if (octets.empty()) {
        return {.flow = client_end_ == Flow::moving ? Flow::idle : client_end_};
    }
    Moved moved = send_to_peer(octets.first(std::min(allowed, octets.size())));
    keep(octets, moved.taken);
    if (moved.flow == Flow::moving && ahead_.empty()) moved.flow = client_end_;
    return moved;
}

// Under TLS the end is part of what was read, and no socket tells of it again.
Bytes JoinedStreams::read_client(MutableBytes shared) {
    if (client_end_ != Flow::moving) return {};
    const auto input = client_.read(shared);
    const auto end = input == TcpConnection::Input::some ? client_.ended() : input;
    if (end == TcpConnection::Input::end) client_end_ = Flow::ended;
    if (end == TcpConnection::Input::failed || client_.overflows()) client_end_ = Flow::gone;
    return input == TcpConnection::Input::some ? client_.take_octets() : Bytes{};
}

Moved JoinedStreams::send_to_peer(Bytes octets) const noexcept {
    Moved moved{.flow = Flow::moving};
    while (moved.taken < octets.size()) {
        const Bytes rest = octets.subspan(moved.taken);
        const auto count = ::send(peer_, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0) {
            moved.flow = later(errno) ? Flow::blocked : Flow::broken;
            break;
        }
        moved.taken += static_cast<std::size_t>(count);
    }
    moved.read = moved.taken;  // what stays behind is paid for when it goes on
    return moved;
}

void JoinedStreams::keep(Bytes octets, std::size_t sent) {
    if (ahead_.empty()) {
        const Bytes rest = octets.subspan(sent);
        ahead_.assign(rest.begin(), rest.end());
        return;
    }
    ahead_sent_ += sent;
    if (ahead_sent_ < ahead_.size()) return;
    std::vector<std::byte>{}.swap(ahead_);
    ahead_sent_ = 0;
}

Moved JoinedStreams::copy_to_client(std::size_t allowed, MutableBytes shared) {
    Moved moved;
    moved.flow = flush_to_client(moved.taken);
    if (moved.flow != Flow::moving) return moved;
    if (allowed == 0) {
        moved.flow = Flow::idle;
        return moved;
    }
    if (peer_end_ == Flow::moving) {
        const auto count =
            ::recv(peer_, shared.data(), std::min(allowed, shared.size()), MSG_DONTWAIT);
        if (count < 0 && later(errno)) {
            moved.flow = Flow::idle;
            return moved;
        }
        if (count > 0) moved.read = static_cast<std::size_t>(count);
        if (count <= 0) peer_end_ = count == 0 ? Flow::ended : Flow::gone;
    }
    // The queue is empty, and has room for more than one read.
    if (!client_.queue_data(shared.first(moved.read))) {
        moved.flow = Flow::gone;
        return moved;
    }
    queued_ = moved.read;
    moved.flow = flush_to_client(moved.taken);
    if (moved.flow == Flow::moving) moved.flow = peer_end_;
    return moved;
}

// TLS writes more than what was queued, but once nothing waits the client has all of it.
Flow JoinedStreams::flush_to_client(std::size_t& taken) {
    const auto before = client_.written();
    const auto output = client_.flush();
    const auto written = static_cast<std::size_t>(client_.written() - before);
    const bool done = output == TcpConnection::Output::done;
    const std::size_t count = done ? queued_ : std::min(written, queued_);
    queued_ -= count;
    taken += count;
    return flow_of(output, Flow::moving);
}

}  // namespace turnpike::net
