// SPDX-License-Identifier: BSD-3-Clause
//
// Whether what we write goes to systemd's journal, which takes a priority in front of each line and
// has a clock of its own.
#pragma once

#include <string_view>

namespace turnpike::telemetry {

// `journal_stream`: the value of JOURNAL_STREAM, "<device>:<inode>" of the journal's end; systemd
// sets it, and a shell that sends our standard error elsewhere leaves it set.
[[nodiscard]] bool leads_to_journal(int descriptor, std::string_view journal_stream) noexcept;

// The same with the variable of our own environment.
[[nodiscard]] bool leads_to_journal(int descriptor) noexcept;

}  // namespace turnpike::telemetry
