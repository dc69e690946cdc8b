// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/splice.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

namespace turnpike::net {
namespace {

constexpr unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

bool later(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

Moved Splice::move(int source, int sink, std::size_t allowed) {
    Moved result;
    if (waiting_ == 0 && end_ == Flow::moving) {
        if (allowed == 0) return result;
        if (!pipe_) pipe_ = pool_.take();
        if (!pipe_) return {.flow = Flow::gone};  // the system has none: nothing will pass
        const auto count = ::splice(source, nullptr, pipe_->input.get(), nullptr, allowed, flags);
        if (count > 0) {
            waiting_ = result.read = static_cast<std::size_t>(count);
        } else if (count < 0 && later(errno)) {
            pool_.give_back(*std::exchange(pipe_, std::nullopt));
            return result;
        } else {
            end_ = count == 0 ? Flow::ended : Flow::gone;
        }
    }
    result.flow = drain(sink, result.taken);
    return result;
}

Flow Splice::drain(int sink, std::size_t& taken) {
    while (waiting_ != 0) {
        const auto count = ::splice(pipe_->output.get(), nullptr, sink, nullptr, waiting_, flags);
        if (count <= 0) return count < 0 && later(errno) ? Flow::blocked : Flow::broken;
        taken += static_cast<std::size_t>(count);
        waiting_ -= static_cast<std::size_t>(count);
    }
    if (pipe_) pool_.give_back(*std::exchange(pipe_, std::nullopt));
    return end_;
}

}  // namespace turnpike::net
