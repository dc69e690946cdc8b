// SPDX-License-Identifier: BSD-3-Clause
//
// Whoever the server runs as, and what that user may do with a file: asked of the kernel, by a
// child process that becomes the user. An Account is a value.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace turnpike::doctor {

struct Account {
    std::string name;
    uid_t user = 0;
    gid_t group = 0;
    std::vector<gid_t> groups{};
};

// None: this system has no such user.
[[nodiscard]] std::optional<Account> find_account(const std::string& name);
// Whom this process belongs to. None: it is gone, or its user has no name.
[[nodiscard]] std::optional<Account> account_of(pid_t process);

// 0, or the errno that the account gets for this access (R_OK, W_OK, X_OK of access(2)). None: only
// root can become somebody else. Without an account: as who we are.
[[nodiscard]] std::optional<int> access_as(const std::optional<Account>& account,
                                           const std::string& path, int mode);

}  // namespace turnpike::doctor
