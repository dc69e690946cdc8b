// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/crowd.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bench/load/failure.hpp"
#include "bench/load/stamp.hpp"
#include "bench/load/udp_socket.hpp"
#include "protocol/writer.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using protocol::Bytes;

constexpr std::uint16_t channel = 0x4000;
constexpr auto retransmission_first = 500ms;  // RFC 8489 section 6.2.1
constexpr std::uint8_t attempts_max = 4;
constexpr auto look_interval = 50ms;
constexpr auto refresh_interval = 4min;  // before a permission's five (RFC 8656 section 9)
constexpr auto lifetime = 600s;
constexpr std::size_t events_max = 128;

}  // namespace

Crowd::Crowd(const Settings& settings, const protocol::Endpoint& server,
             std::optional<protocol::Endpoint> peer)
    : settings_{settings},
      server_{server},
      peer_{peer},
      identity_{settings.access.login},
      queue_{epoll_create1(EPOLL_CLOEXEC)} {
    RAND_bytes(reinterpret_cast<unsigned char*>(&run_), sizeof run_);
    now_ = monotonic_now();
}

Crowd::~Crowd() {
    for (const Member& member : members_) {
        if (member.descriptor >= 0) close(member.descriptor);
    }
    close(queue_);
}

std::string_view Crowd::name_of(State state) noexcept {
    switch (state) {
        case State::allocating:
            return "Allocate";
        case State::binding:
        case State::rebinding:
            return "ChannelBind";
        case State::refreshing:
        case State::leaving:
            return "Refresh";
        case State::gone:
        case State::staying:
            break;
    }
    return "";
}

protocol::TransactionId Crowd::fresh_id() noexcept {
    protocol::TransactionId id;
    protocol::Writer writer{id.octets};
    writer.integer(run_);
    writer.integer(++requests_);
    return id;
}

std::size_t Crowd::free_slot() {
    if (free_.empty()) {
        members_.emplace_back(identity_);
        return members_.size() - 1;
    }
    const std::size_t slot = free_.back();
    free_.pop_back();
    return slot;
}

int Crowd::open_socket() {
    const int descriptor = ::socket(server_.address.is_v6() ? AF_INET6 : AF_INET,
                                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto& own = settings_.places.client_addresses;
    bool ready = descriptor >= 0;
    if (ready && !own.empty()) {
        const auto local = SocketAddress::of({own[started_ % own.size()], 0});
        ready =
            bind(descriptor, reinterpret_cast<const sockaddr*>(&local.storage), local.octets) == 0;
    }
    const auto remote = SocketAddress::of(server_);
    if (ready && connect(descriptor, reinterpret_cast<const sockaddr*>(&remote.storage),
                         remote.octets) == 0) {
        return descriptor;
    }
    const int error = errno;
    if (descriptor >= 0) close(descriptor);
    throw BadStart{fmt::format("socket {} of a client: {}{}", started_ + 1, std::strerror(error),
                               error == EADDRNOTAVAIL || error == EAGAIN
                                   ? " (more addresses for clients: --client-address)"
                                   : "")};
}

void Crowd::start_one() {
    const int descriptor = open_socket();
    const std::size_t slot = free_slot();
    Member& member = members_[slot];
    member = Member{identity_};
    member.descriptor = descriptor;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = slot;
    epoll_ctl(queue_, EPOLL_CTL_ADD, descriptor, &event);
    ++started_;
    ++active_;
    member.began = monotonic_now();
    ask(slot, State::allocating);
}

bool Crowd::release_one() {
    if (kept_.empty()) return false;
    const std::size_t slot = kept_.back();
    kept_.pop_back();
    ++active_;
    ask(slot, State::leaving);
    return true;
}

void Crowd::ask(std::size_t slot, State state) {
    members_[slot].state = state;
    members_[slot].attempts = 0;
    send_request(slot);
}

void Crowd::send_request(std::size_t slot) {
    Member& member = members_[slot];
    RequestBuffer buffer;
    Bytes request;
    switch (member.state) {
        case State::allocating:
            request = member.dialogue.allocate(buffer, fresh_id());
            break;
        case State::binding:
        case State::rebinding:
            request = member.dialogue.bind_channel(buffer, fresh_id(), channel, *peer_);
            break;
        case State::refreshing:
            request = member.dialogue.refresh(buffer, fresh_id(), lifetime);
            break;
        case State::leaving:
            request = member.dialogue.refresh(buffer, fresh_id(), 0s);
            break;
        case State::gone:
        case State::staying:
            return;
    }
    member.sent = monotonic_now();
    // What the system does not take now is sent again when it is late.
    (void)::send(member.descriptor, request.data(), request.size(), MSG_NOSIGNAL);
}

void Crowd::turn(std::chrono::nanoseconds patience) {
    std::array<epoll_event, events_max> events{};
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const timespec timeout{whole.count(), (patience - whole).count()};
    const int ready = epoll_pwait2(queue_, events.data(), events_max, &timeout, nullptr);
    now_ = monotonic_now();
    for (int each = 0; each < ready; ++each) {
        take_answer(events[static_cast<std::size_t>(each)].data.u64);
    }
    if (now_ >= next_look_) resend_late();
}

void Crowd::take_answer(std::size_t slot) {
    std::array<std::byte, 2048> buffer;
    const ssize_t octets = recv(members_[slot].descriptor, buffer.data(), buffer.size(), 0);
    if (octets <= 0) return;
    Member& member = members_[slot];
    switch (member.dialogue.take(Bytes{buffer}.first(static_cast<std::size_t>(octets)))) {
        case Dialogue::Answer::unrelated:
            return;
        case Dialogue::Answer::challenged:
            return send_request(slot);
        case Dialogue::Answer::refused:
            return fail(slot, member.dialogue.refusal());
        case Dialogue::Answer::success:
            return succeed(slot);
    }
}

void Crowd::succeed(std::size_t slot) {
    Member& member = members_[slot];
    switch (member.state) {
        case State::allocating:
            ++allocated_;
            latency_.add(now_ - member.began);
            return ask(slot, peer_ ? State::binding : State::leaving);
        case State::refreshing:
            return ask(slot, State::rebinding);
        case State::binding:
        case State::rebinding:
            return rest(slot);
        case State::leaving:
            return leave(slot);
        case State::gone:
        case State::staying:
            return;
    }
}

void Crowd::rest(std::size_t slot) {
    members_[slot].state = State::staying;
    members_[slot].refreshed = now_;
    kept_.push_back(slot);
    --active_;
}

void Crowd::fail(std::size_t slot, const std::string& why) {
    // An answer that got lost on the way out takes nothing from what was measured.
    if (members_[slot].state != State::leaving) {
        ++failed_;
        if (first_failure_.empty()) {
            first_failure_ = fmt::format("{}: {}", name_of(members_[slot].state), why);
        }
    }
    leave(slot);
}

void Crowd::leave(std::size_t slot) {
    close(members_[slot].descriptor);
    members_[slot].descriptor = -1;
    members_[slot].state = State::gone;
    free_.push_back(slot);
    --active_;
}

void Crowd::resend_late() {
    next_look_ = now_ + look_interval;
    for (std::size_t slot = 0; active_ > 0 && slot < members_.size(); ++slot) {
        Member& member = members_[slot];
        if (member.state == State::gone || member.state == State::staying) continue;
        if (now_ - member.sent < retransmission_first * (1U << member.attempts)) continue;
        if (++member.attempts == attempts_max) {
            fail(slot, "no answer");
        } else {
            send_request(slot);
        }
    }
}

void Crowd::keep_alive() {
    std::vector<std::size_t> due;
    std::erase_if(kept_, [&](std::size_t slot) {
        if (active_ + due.size() >= settings_.in_flight) return false;
        if (now_ - members_[slot].refreshed < refresh_interval) return false;
        due.push_back(slot);
        return true;
    });
    for (const std::size_t slot : due) {
        ++active_;
        ask(slot, State::refreshing);
    }
}

}  // namespace turnpike::bench
