// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/newcomer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "protocol/proxy_header.hpp"

namespace turnpike::worker {

using protocol::ProxyHeader;
using protocol::Transport;

namespace {

constexpr std::byte tls_handshake{22};  // the type of its first record (RFC 8446 section 5.1)

}  // namespace

Newcomer::Newcomer(Setup setup)
    : setup_{std::move(setup)}, state_{setup_.has_proxy ? State::header : State::first_octet} {}

Newcomer::State Newcomer::read(protocol::MutableBytes shared) {
    // Never more than a header may be: what follows one stays in the kernel's queue.
    const std::size_t room = protocol::proxy_header_octets_max - octets_.size();
    const auto count = ::recv(setup_.socket->descriptor(), shared.data(),
                              std::min(shared.size(), room), MSG_DONTWAIT);
    if (count > 0) {
        octets_.insert(octets_.end(), shared.begin(), shared.begin() + count);
        look();
    } else if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        state_ = State::gone;
    }
    return state_;
}

void Newcomer::look() {
    if (state_ == State::header) take_header();
    if (state_ != State::first_octet) return;
    if (setup_.entrance == Entrance::automatic) {
        if (octets_.empty()) return;
        const bool is_tls = octets_.front() == tls_handshake;
        setup_.entrance = is_tls ? Entrance::secured : Entrance::plain;
    }
    state_ = State::known;
}

void Newcomer::take_header() {
    const ProxyHeader header = protocol::read_proxy_header(octets_);
    if (header.state == ProxyHeader::State::incomplete) return;
    if (header.state == ProxyHeader::State::broken) {
        state_ = State::broken;
        return;
    }
    if (header.ends) {
        setup_.client = header.ends->client;
        setup_.server = header.ends->server;
        renamed_ = true;
    }
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(header.octets));
    state_ = State::first_octet;
}

Arrival Newcomer::leave() {
    const auto transport = setup_.entrance == Entrance::secured ? Transport::tls : Transport::tcp;
    return {.socket = setup_.socket->release(),
            .five_tuple = {setup_.client, setup_.server, transport},
            .place = std::move(setup_.place),
            .first = std::move(octets_)};
}

}  // namespace turnpike::worker
