// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/network_namespace.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>

#include "bench/load/failure.hpp"

namespace turnpike::bench {
namespace {

// Where ip-netns(8) keeps them.
constexpr const char* folder = "/run/netns/";

void enter(const std::string& name) {
    const int descriptor = open((folder + name).c_str(), O_RDONLY | O_CLOEXEC);
    const bool entered = descriptor >= 0 && setns(descriptor, CLONE_NEWNET) == 0;
    const int error = errno;
    if (descriptor >= 0) close(descriptor);
    if (!entered) throw BadStart{"the network namespace " + name + ": " + std::strerror(error)};
}

}  // namespace

void in_namespace(const std::string& name, const std::function<void()>& work) {
    if (name.empty()) return work();
    std::exception_ptr thrown;
    std::thread thread{[&] {
        try {
            enter(name);
            work();
        } catch (...) {
            thrown = std::current_exception();
        }
    }};
    thread.join();
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace turnpike::bench
