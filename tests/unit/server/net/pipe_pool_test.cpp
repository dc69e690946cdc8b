// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/pipe_pool.hpp"

#include <unistd.h>

#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

TEST_CASE("a pipe that was given back serves again, and few are kept", "[J19]") {
    PipePool pool;
    std::vector<Pipe> pipes;
    for (int count = 0; count < 20; ++count) pipes.push_back(*pool.take());
    CHECK(pool.spare() == 0);
    const int first = pipes.front().input.get();
    for (Pipe& pipe : pipes) pool.give_back(std::move(pipe));
    CHECK(pool.spare() == 4);
    bool again = false;
    for (int count = 0; count < 4; ++count) {
        pipes[static_cast<std::size_t>(count)] = *pool.take();
        again = again || pipes[static_cast<std::size_t>(count)].input.get() == first;
    }
    CHECK(again);
    CHECK(pool.spare() == 0);
}

TEST_CASE("what goes into a pipe comes out of it, and none of its ends waits", "[J19]") {
    PipePool pool;
    const auto pipe = pool.take();
    REQUIRE(pipe);
    char octet = 'x';
    CHECK(::read(pipe->output.get(), &octet, 1) == -1);
    CHECK(::write(pipe->input.get(), &octet, 1) == 1);
    CHECK(::read(pipe->output.get(), &octet, 1) == 1);
}

}  // namespace
}  // namespace turnpike::net
