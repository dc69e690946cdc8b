// SPDX-License-Identifier: BSD-3-Clause
//
// Why a database did not do what it was asked for, as far as anybody decides by it. The text is for
// the log: it is the database's own, and holds no secret.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace turnpike::storage {

struct Failure {
    enum class Kind : std::uint8_t {
        unavailable,  // not connected, or no longer
        timed_out,    // no answer in time; it may have been done all the same
        overloaded,   // too much is waiting already
        read_only,    // answers, but keeps nothing
        full,         // the disk, or what the file may take of it
        schema,       // its tables are not those of this program
        refused,      // it does not like the statement
    };
    Kind kind{};
    std::string what;
};
[[nodiscard]] std::string_view to_string(Failure::Kind kind) noexcept;
std::ostream& operator<<(std::ostream& out, const Failure& failure);

template <typename T>
using Result = boost::system::result<T, Failure>;

// result::value() on a failure is a mistake of ours.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
    throw std::runtime_error{failure.what};
}

}  // namespace turnpike::storage
