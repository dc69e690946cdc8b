// SPDX-License-Identifier: BSD-3-Clause
//
// The spans that bytes travel in. Views never own; whoever returns one says what keeps it alive.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace turnpike::protocol {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

// The same octets as text and back; neither checks nor copies.
[[nodiscard]] inline std::string_view as_text(Bytes octets) noexcept {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}
[[nodiscard]] inline Bytes as_octets(std::string_view text) noexcept {
    return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace turnpike::protocol
