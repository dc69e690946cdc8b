// SPDX-License-Identifier: BSD-3-Clause
//
// What a listener is for.
#pragma once

#include <cstdint>

namespace turnpike::worker {

// Of TCP.
enum class Entrance : std::uint8_t {
    plain,
    secured,    // TLS
    automatic,  // either; the first octet decides
};

// Of UDP; what is not for it is dropped.
enum class Serves : std::uint8_t {
    plain,
    dtls,
    both,     // told apart by the first octet (RFC 7983)
    leaving,  // whom it serves already, and nobody new: a reload took it away
};

}  // namespace turnpike::worker
