// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/file_descriptor.hpp"

#include <fcntl.h>

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

bool is_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) != -1;
}

TEST_CASE("a descriptor is closed once, by its last owner") {
    int raw = -1;
    {
        FileDescriptor first{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        raw = first.get();
        FileDescriptor second{std::move(first)};
        CHECK_FALSE(first);
        CHECK(second.get() == raw);
        CHECK(is_open(raw));
    }
    CHECK_FALSE(is_open(raw));
}

TEST_CASE("a released descriptor is the caller's") {
    FileDescriptor owner{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const FileDescriptor other{owner.release()};
    CHECK_FALSE(owner);
    CHECK(is_open(other.get()));
}

TEST_CASE("assignment takes over, and nothing that was never opened is closed") {
    FileDescriptor kept;
    CHECK_FALSE(kept);
    kept = FileDescriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    CHECK(is_open(kept.get()));
}

}  // namespace
}  // namespace turnpike::net
