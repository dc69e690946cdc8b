// SPDX-License-Identifier: BSD-3-Clause
//
// For as long as this is there, the thread has no capability in effect: it may what its user may.
#pragma once

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::test {

class WithoutRights {
public:
    WithoutRights() {
        REQUIRE(::syscall(SYS_capget, &header_, before_) == 0);
        std::array<__user_cap_data_struct, 2> less{before_[0], before_[1]};
        for (__user_cap_data_struct& half : less) half.effective = 0;
        REQUIRE(::syscall(SYS_capset, &header_, less.data()) == 0);
    }
    WithoutRights(const WithoutRights&) = delete;
    WithoutRights& operator=(const WithoutRights&) = delete;
    ~WithoutRights() { static_cast<void>(::syscall(SYS_capset, &header_, before_)); }

private:
    __user_cap_header_struct header_{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    __user_cap_data_struct before_[2]{};
};

}  // namespace turnpike::test
