// SPDX-License-Identifier: BSD-3-Clause
//
// The BPF object that clang made of wire.bpf.c, as a part of this program: CMake writes its source.
#pragma once

#include <span>

namespace turnpike::wire {

// Lives as long as the program does.
[[nodiscard]] std::span<const unsigned char> wire_object() noexcept;

}  // namespace turnpike::wire
