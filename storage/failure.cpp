// SPDX-License-Identifier: BSD-3-Clause
#include "storage/failure.hpp"

#include <ostream>

namespace turnpike::storage {

std::string_view to_string(Failure::Kind kind) noexcept {
    switch (kind) {
        case Failure::Kind::unavailable:
            return "unavailable";
        case Failure::Kind::timed_out:
            return "timed out";
        case Failure::Kind::overloaded:
            return "overloaded";
        case Failure::Kind::read_only:
            return "read-only";
        case Failure::Kind::full:
            return "full";
        case Failure::Kind::schema:
            return "schema";
        case Failure::Kind::refused:
            return "refused";
    }
    return "";
}

std::ostream& operator<<(std::ostream& out, const Failure& failure) {
    return out << to_string(failure.kind) << ": " << failure.what;
}

}  // namespace turnpike::storage
