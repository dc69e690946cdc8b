// SPDX-License-Identifier: BSD-3-Clause
//
// Owns a descriptor and calls back when it is ready: the only place where our sockets meet Asio.
// Reading is watched until it is paused; writing once per request. After the watch is gone nothing
// is called any more, also where Asio has queued a completion already. Owned by one worker.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

class Watch {
public:
    using Callback = std::function<void()>;

    Watch(boost::asio::io_context& context, FileDescriptor descriptor);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // False where the system could not watch the descriptor; it is closed then.
    [[nodiscard]] explicit operator bool() const noexcept;

    // A callback may destroy the watch.
    void on_readable(Callback callback);
    void on_writable(Callback callback);

    void resume_reading();  // on_readable() has been called before
    void pause_reading() noexcept;
    void wait_writable();  // calls on_writable's callback once

    [[nodiscard]] int descriptor() const noexcept;
    // Gives the descriptor up, open, to be watched by another loop. This watch is over.
    [[nodiscard]] FileDescriptor release() noexcept;

private:
    struct State;
    // Shared with the completions that Asio holds: one of them may be queued when the watch goes,
    // and then has to find out that nobody listens.
    std::shared_ptr<State> state_;

    static void wait_read(const std::shared_ptr<State>& state);
};

}  // namespace turnpike::net
