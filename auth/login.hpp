// SPDX-License-Identifier: BSD-3-Clause
//
// What a client shows to be let in. A value, and a secret: it is never printed.
#pragma once

#include <string>

namespace turnpike::auth {

struct Login {
    std::string username;
    std::string password;
};

}  // namespace turnpike::auth
