// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/poller.hpp"

#include <stdexcept>
#include <utility>

namespace turnpike::net {

Poller::Poller(boost::asio::io_context& context, std::function<void()> on_ready)
    : descriptor_{::epoll_create1(EPOLL_CLOEXEC)}, watch_{context, FileDescriptor{descriptor_}} {
    if (!watch_) throw std::runtime_error{"no descriptor left to watch relay sockets with"};
    watch_.on_readable(std::move(on_ready));
}

bool Poller::add(int socket, std::uint64_t name) noexcept {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = name;
    return ::epoll_ctl(descriptor_, EPOLL_CTL_ADD, socket, &event) == 0;
}

std::span<const Poller::Ready> Poller::take() noexcept {
    const int count =
        ::epoll_wait(descriptor_, events_.data(), static_cast<int>(events_.size()), 0);
    std::size_t taken = 0;
    for (; std::cmp_less(taken, count); ++taken) {
        const epoll_event& event = events_[taken];
        ready_[taken] = {.name = event.data.u64,
                         .is_readable = (event.events & EPOLLIN) != 0,
                         .is_failing = (event.events & EPOLLERR) != 0};
    }
    return {ready_.data(), taken};
}

}  // namespace turnpike::net
