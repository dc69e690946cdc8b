// SPDX-License-Identifier: BSD-3-Clause
//
// What the process may do and what it leaves behind.
#pragma once

#include <string>

namespace turnpike {

// From root to this user and its groups, for good and for every thread. Nothing to do where the
// name is empty or is who we are. Throws std::runtime_error that says what to do instead.
void drop_privileges(const std::string& user);

// Threads may become as nice as this without being root. Before drop_privileges(); where we may not
// allow it, whoever tries finds out (worker/niceness.hpp).
void allow_niceness(int niceness) noexcept;

// What only loading a program into the kernel needs goes for good, from every thread that is
// started from now on: CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON of a service that was given them.
// Nothing is taken from root.
void drop_loading_rights();

// Secrets and keys stay out of core files and away from other processes of the same user. To be
// called after drop_privileges(), because a change of user undoes it.
void forbid_core_dumps();

}  // namespace turnpike
