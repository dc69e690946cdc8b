// SPDX-License-Identifier: BSD-3-Clause
//
// Where SharedLimits live: on the heap, or in memory that the kernel's relay charges too. Whoever
// uses one locks: it is asked when users and calls come and go.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "server/relay/shared_limits.hpp"

namespace turnpike::relay {

// Whose limits they are. A view: of a name that lives as long as the call.
struct LimitsOwner {
    enum class Kind : std::uint8_t { user, call };

    Kind kind = Kind::user;
    std::string_view name;
};

class LimitsHome {
public:
    virtual ~LimitsHome() = default;
    // Without any limit, unless this home knows the owner from before. To be given back here,
    // before this goes.
    [[nodiscard]] virtual SharedLimits* make(const LimitsOwner& owner) = 0;
    virtual void give_back(SharedLimits* limits) noexcept = 0;
    // Owners of before who were not asked for are forgotten.
    virtual void forget_unclaimed() {}
};

class HeapLimits final : public LimitsHome {
public:
    [[nodiscard]] SharedLimits* make(const LimitsOwner&) override {
        return std::make_unique<SharedLimits>().release();
    }
    void give_back(SharedLimits* limits) noexcept override {
        std::unique_ptr<SharedLimits>{limits}.reset();
    }
};

struct GiveBackLimits {
    LimitsHome* home = nullptr;
    void operator()(SharedLimits* limits) const noexcept { home->give_back(limits); }
};
using LimitsPointer = std::unique_ptr<SharedLimits, GiveBackLimits>;

[[nodiscard]] inline LimitsPointer make_limits(LimitsHome& home, const LimitsOwner& owner) {
    return {home.make(owner), GiveBackLimits{&home}};
}

}  // namespace turnpike::relay
