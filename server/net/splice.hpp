// SPDX-License-Identifier: BSD-3-Clause
//
// Octets from one socket to another through a pipe, without a copy: one direction of a relayed TCP
// connection. What the sink does not take waits in the pipe, which is all that is ever held; then
// nothing is read, and the source's sender is held back by TCP. Knows no clock and no readiness.
// Owned by one worker; the descriptors belong to the caller.
#pragma once

#include <cstddef>
#include <optional>

#include "server/net/flow.hpp"
#include "server/net/pipe_pool.hpp"

namespace turnpike::net {

class Splice {
public:
    // The pool outlives it.
    explicit Splice(PipePool& pool) noexcept : pool_{pool} {}

    // Reads at most `allowed` octets, once, where nothing waits.
    [[nodiscard]] Moved move(int source, int sink, std::size_t allowed);

    // Octets that were read and not taken.
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

private:
    [[nodiscard]] Flow drain(int sink, std::size_t& taken);

    PipePool& pool_;
    std::optional<Pipe> pipe_;
    std::size_t waiting_ = 0;
    Flow end_ = Flow::moving;  // or how the source ended
};

}  // namespace turnpike::net
