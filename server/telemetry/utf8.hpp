// SPDX-License-Identifier: BSD-3-Clause
//
// Text that may be written as JSON: Boost's serializer trusts that it is UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

#include <boost/locale/utf.hpp>

namespace turnpike::telemetry {

[[nodiscard]] inline bool is_utf8(std::string_view text) {
    namespace utf = boost::locale::utf;
    for (auto position = text.begin(); position != text.end();) {
        const auto point = utf::utf_traits<char>::decode(position, text.end());
        if (point == utf::illegal || point == utf::incomplete) return false;
    }
    return true;
}

// So many octets of it at most, cut between two characters. It is UTF-8.
[[nodiscard]] inline std::string_view beginning_of(std::string_view text, std::size_t octets) {
    const auto continues = [](char octet) {
        return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
    };
    if (text.size() <= octets) return text;
    while (octets > 0 && continues(text[octets])) --octets;
    return text.substr(0, octets);
}

}  // namespace turnpike::telemetry
