// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/descriptor_limit.hpp"

#include <sys/resource.h>

namespace turnpike::net {

void raise_descriptor_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace turnpike::net
