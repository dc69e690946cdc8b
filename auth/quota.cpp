// SPDX-License-Identifier: BSD-3-Clause
#include "auth/quota.hpp"

#include <cassert>

namespace turnpike::auth {

bool Quota::take(std::string_view username, std::uint32_t limit) {
    const auto [entry, is_new] = held_.try_emplace(std::string{username}, 0U);
    if (limit != 0 && entry->second >= limit) return false;
    ++entry->second;
    return true;
}

void Quota::give_back(std::string_view username) {
    const auto entry = held_.find(std::string{username});
    assert(entry != held_.end());
    if (entry == held_.end()) return;
    if (--entry->second == 0) held_.erase(entry);
}

std::uint32_t Quota::held(std::string_view username) const {
    const auto entry = held_.find(std::string{username});
    return entry == held_.end() ? 0 : entry->second;
}

}  // namespace turnpike::auth
