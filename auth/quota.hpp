// SPDX-License-Identifier: BSD-3-Clause
//
// How many allocations each user holds. Pure and single-threaded: the owner of the process-wide
// instance guards it. A name costs memory only while it holds something.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

namespace turnpike::auth {

class Quota {
public:
    // True and counted where fewer than `limit` are held (0: no limit). RFC 8656 section 7.2 (10).
    [[nodiscard]] bool take(std::string_view username, std::uint32_t limit);
    void give_back(std::string_view username);
    [[nodiscard]] std::uint32_t held(std::string_view username) const;

private:
    boost::unordered_flat_map<std::string, std::uint32_t> held_;
};

}  // namespace turnpike::auth
