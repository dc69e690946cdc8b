// SPDX-License-Identifier: BSD-3-Clause
//
// Watches many sockets as one: the loop is told once that some are ready, and then takes as many as
// fit into one turn, so that what they bring can go on together. A socket costs nothing here but
// its place in the kernel's table. It is reported for as long as it is ready, and leaves by being
// closed. Owned by one worker.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include <boost/asio/io_context.hpp>

#include "server/net/file_descriptor.hpp"
#include "server/net/watch.hpp"

namespace turnpike::net {

class Poller {
public:
    // `on_ready` is to call take() until it has had enough; what it leaves is reported again.
    Poller(boost::asio::io_context& context, std::function<void()> on_ready);

    // False where the system could not. The socket is known by `name` from now on.
    [[nodiscard]] bool add(int socket, std::uint64_t name) noexcept;

    struct Ready {
        std::uint64_t name = 0;
        bool is_readable = false;
        bool is_failing = false;  // an error waits in it
    };
    // Those that are ready now, at most `ready_max`, in turn: who is served often stands behind the
    // others. The view lives until the next call. A socket may have been closed since, by what
    // another one brought.
    [[nodiscard]] std::span<const Ready> take() noexcept;

    static constexpr std::size_t ready_max = 64;

private:
    int descriptor_;  // watch_ owns it
    Watch watch_;
    std::array<epoll_event, ready_max> events_{};
    std::array<Ready, ready_max> ready_{};
};

}  // namespace turnpike::net
