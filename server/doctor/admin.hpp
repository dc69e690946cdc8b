// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the admin interface is as closed as it should be, and open for whom it should be.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "server/config/config.hpp"
#include "server/doctor/account.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

struct AdminFacts {
    std::string listen{};
    std::size_t token_octets = 0;  // of admin.token
    std::string token_file{};
    int file_error = 0;  // of reading it, as errno
    mode_t file_mode = 0;
    std::size_t file_octets = 0;
    std::string who{};            // whom the server runs as
    std::optional<int> access{};  // of that user to the file, as errno; none: not known
    std::string command{};        // that closes the file to all but that user
};

[[nodiscard]] AdminFacts gather_admin(const config::Admin& admin,
                                      const std::optional<Account>& account);
[[nodiscard]] Findings judge_admin(const AdminFacts& facts);

}  // namespace turnpike::doctor
