// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/pipe_pool.hpp"

#include <unistd.h>

#include <fcntl.h>

#include <array>
#include <utility>

namespace turnpike::net {

std::optional<Pipe> PipePool::take() {
    if (!spare_.empty()) {
        Pipe pipe = std::move(spare_.back());
        spare_.pop_back();
        return pipe;
    }
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) return std::nullopt;
    return Pipe{.output = FileDescriptor{ends[0]}, .input = FileDescriptor{ends[1]}};
}

void PipePool::give_back(Pipe pipe) {
    if (spare_.size() < spare_max) spare_.push_back(std::move(pipe));
}

}  // namespace turnpike::net
