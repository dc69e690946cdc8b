// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/binding_load.hpp"

#include <openssl/rand.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "bench/load/failure.hpp"
#include "bench/load/stamp.hpp"
#include "bench/load/udp_socket.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/reader.hpp"
#include "protocol/writer.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;

constexpr std::size_t sockets_max = 16;
constexpr auto late = 500ms;
constexpr auto look_interval = 50ms;

int connected_socket(const Settings& settings, const Endpoint& server, std::size_t number) {
    const int descriptor = ::socket(server.address.is_v6() ? AF_INET6 : AF_INET,
                                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto& own = settings.places.client_addresses;
    const auto remote = SocketAddress::of(server);
    bool ready = descriptor >= 0;
    if (ready && !own.empty()) {
        const auto local = SocketAddress::of({own[number % own.size()], 0});
        ready =
            bind(descriptor, reinterpret_cast<const sockaddr*>(&local.storage), local.octets) == 0;
    }
    if (!ready || connect(descriptor, reinterpret_cast<const sockaddr*>(&remote.storage),
                          remote.octets) != 0) {
        throw BadStart{std::string{"a socket to the server: "} + std::strerror(errno)};
    }
    enlarge_buffers(descriptor);
    return descriptor;
}

}  // namespace

BindingLoad::BindingLoad(const Settings& settings, const Endpoint& server)
    : queue_{epoll_create1(EPOLL_CLOEXEC)}, requests_(settings.in_flight) {
    RAND_bytes(reinterpret_cast<unsigned char*>(&run_), sizeof run_);
    for (std::size_t each = 0; each < std::min(settings.in_flight, sockets_max); ++each) {
        sockets_.push_back(connected_socket(settings, server, each));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = sockets_.back();
        epoll_ctl(queue_, EPOLL_CTL_ADD, sockets_.back(), &event);
    }
    for (std::size_t each = 0; each < batch_max; ++each) {
        out_vectors_[each] = {out_[each].data(), out_[each].size()};
        in_vectors_[each] = {in_[each].data(), in_[each].size()};
        out_messages_[each].msg_hdr.msg_iov = &out_vectors_[each];
        in_messages_[each].msg_hdr.msg_iov = &in_vectors_[each];
        out_messages_[each].msg_hdr.msg_iovlen = in_messages_[each].msg_hdr.msg_iovlen = 1;
    }
}

BindingLoad::~BindingLoad() {
    for (const int each : sockets_) close(each);
    close(queue_);
}

int BindingLoad::socket_of(std::uint32_t number) const {
    return sockets_[number % sockets_.size()];
}

void BindingLoad::run_until(std::chrono::nanoseconds end) {
    now_ = monotonic_now();
    for (std::uint32_t number = 0; number < requests_.size(); ++number) {
        queue_request(socket_of(number), number);
        flush(socket_of(number));
    }
    while (now_ < end) turn(true);
}

void BindingLoad::await_rest() {
    const auto open = [&] { return std::ranges::any_of(requests_, &Request::is_open); };
    while (open()) turn(false);
}

void BindingLoad::turn(bool sends_more) {
    std::array<epoll_event, sockets_max> events{};
    const int ready = epoll_wait(queue_, events.data(), sockets_max, 10);
    now_ = monotonic_now();
    for (int each = 0; each < ready; ++each) {
        take(events[static_cast<std::size_t>(each)].data.fd, sends_more);
    }
    if (now_ >= next_look_) replace_late(sends_more);
}

void BindingLoad::take(int descriptor, bool sends_more) {
    const int count = recvmmsg(descriptor, in_messages_.data(), batch_max, MSG_DONTWAIT, nullptr);
    now_ = monotonic_now();
    for (std::size_t each = 0; count > 0 && each < static_cast<std::size_t>(count); ++each) {
        const auto number =
            request_of(protocol::Bytes{in_[each]}.first(in_messages_[each].msg_len));
        if (!number) continue;
        requests_[*number].is_open = false;
        ++answered_;
        latency_.add(now_ - requests_[*number].sent);
        if (sends_more) queue_request(descriptor, *number);
    }
    flush(descriptor);
}

std::optional<std::uint32_t> BindingLoad::request_of(protocol::Bytes answer) {
    const auto message = protocol::Message::decode(answer);
    if (!message || message->message_class() != protocol::MessageClass::success) return {};
    protocol::Reader reader{message->transaction_id().octets};
    const auto run = reader.integer<std::uint32_t>();
    const auto number = reader.integer<std::uint32_t>();
    const auto generation = reader.integer<std::uint32_t>();
    if (run != run_ || number >= requests_.size()) return {};
    const Request& request = requests_[number];
    if (!request.is_open || request.generation != generation) return {};
    return number;
}

void BindingLoad::queue_request(int descriptor, std::uint32_t number) {
    if (queued_ == batch_max) flush(descriptor);
    Request& request = requests_[number];
    request = {.generation = request.generation + 1, .sent = now_, .is_open = true};
    protocol::TransactionId id;
    protocol::Writer writer{id.octets};
    writer.integer(run_);
    writer.integer(number);
    writer.integer(request.generation);
    protocol::MessageBuilder builder{out_[queued_], protocol::MessageClass::request,
                                     protocol::Method::binding, id};
    (void)builder.finish();
    ++queued_;
}

void BindingLoad::flush(int descriptor) {
    // What the system does not take is late after a while, and counts as lost.
    if (queued_ > 0) {
        (void)sendmmsg(descriptor, out_messages_.data(), static_cast<unsigned>(queued_),
                       MSG_NOSIGNAL);
    }
    sent_ += queued_;
    queued_ = 0;
}

void BindingLoad::replace_late(bool sends_more) {
    next_look_ = now_ + look_interval;
    for (std::uint32_t number = 0; number < requests_.size(); ++number) {
        Request& request = requests_[number];
        if (request.is_open && now_ - request.sent < late) continue;
        request.is_open = false;
        if (!sends_more) continue;
        queue_request(socket_of(number), number);
        flush(socket_of(number));
    }
}

}  // namespace turnpike::bench
