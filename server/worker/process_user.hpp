// SPDX-License-Identifier: BSD-3-Clause
//
// Whom the process becomes once its sockets are bound (server.user): what it leaves behind is his.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace turnpike::worker {

struct ProcessUser {
    uid_t user = 0;
    gid_t group = 0;
};
// None: it stays who it is, or there is nobody of that name, which stops the start.
[[nodiscard]] std::optional<ProcessUser> process_user(const std::string& name);

}  // namespace turnpike::worker
