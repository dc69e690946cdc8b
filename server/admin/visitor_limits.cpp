// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/visitor_limits.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace turnpike::admin {
namespace {

[[nodiscard]] protocol::IpAddress counted_as(const protocol::IpAddress& address) {
    if (address.is_v4()) return address;
    std::array<std::byte, 16> prefix{};
    std::ranges::copy(address.octets().first(8), prefix.begin());
    return protocol::IpAddress::v6(prefix);
}

}  // namespace

std::optional<std::chrono::seconds> VisitorLimits::take(
    const std::optional<protocol::IpAddress>& visitor, protocol::TimePoint now) {
    protocol::TimePoint& full_at = visitor ? bucket_of(counted_as(*visitor), now) : unix_full_at_;
    const protocol::TimePoint next = std::max(full_at, now) + interval_;
    const auto excess = next - now - burst_ * interval_;
    if (excess > std::chrono::nanoseconds::zero()) {
        return std::chrono::ceil<std::chrono::seconds>(excess);
    }
    full_at = next;
    return std::nullopt;
}

protocol::TimePoint& VisitorLimits::bucket_of(const protocol::IpAddress& address,
                                              protocol::TimePoint now) {
    const auto found = full_at_.find(address);
    if (found != full_at_.end()) return found->second;
    if (full_at_.size() >= addresses_max) {
        // A full bucket says what no bucket says.
        std::erase_if(full_at_, [now](const auto& each) { return each.second <= now; });
    }
    if (full_at_.size() >= addresses_max) return others_full_at_;
    return full_at_[address];
}

}  // namespace turnpike::admin
