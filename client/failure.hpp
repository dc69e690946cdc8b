// SPDX-License-Identifier: BSD-3-Clause
//
// Why something did not work: what was seen, and, where the place that saw it knows, what a person
// should look at first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/address.hpp"

namespace turnpike::client {

struct Failure {
    std::optional<std::uint16_t> code{};  // of an error response
    std::string text;
    std::string cause{};                            // empty: not known here
    std::optional<protocol::Endpoint> alternate{};  // where a 300 sends its client
};

}  // namespace turnpike::client
