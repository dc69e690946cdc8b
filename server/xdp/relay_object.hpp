// SPDX-License-Identifier: BSD-3-Clause
//
// The BPF object that clang made of relay.bpf.c, as a part of this program: CMake writes its
// source.
#pragma once

#include <span>

namespace turnpike::xdp {

// Lives as long as the program does.
[[nodiscard]] std::span<const unsigned char> relay_object() noexcept;

}  // namespace turnpike::xdp
