// SPDX-License-Identifier: BSD-3-Clause
//
// Pipes that octets pass through on their way from one socket to another without being copied. One
// that is empty again serves the next connection, so that only connections whose reader is slow
// hold one. Owned by one worker.
#pragma once

#include <optional>
#include <vector>

#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

struct Pipe {
    FileDescriptor output;  // read from
    FileDescriptor input;   // written to
};

class PipePool {
public:
    // Empty and non-blocking. None where the system has no more.
    [[nodiscard]] std::optional<Pipe> take();
    // Empty again; one that is not has to be dropped instead.
    void give_back(Pipe pipe);

    [[nodiscard]] std::size_t spare() const noexcept { return spare_.size(); }

private:
    // One worker moves the octets of one connection at a time.
    static constexpr std::size_t spare_max = 4;

    std::vector<Pipe> spare_;
};

}  // namespace turnpike::net
