// SPDX-License-Identifier: BSD-3-Clause
//
// Where SharedLimits live: on the heap, or in memory that the kernel's relay charges too. Whoever
// uses one locks: it is asked when users and calls come and go.
#pragma once

#include <memory>

#include "server/relay/shared_limits.hpp"

namespace turnpike::relay {

class LimitsHome {
public:
    virtual ~LimitsHome() = default;
    // Without any limit. To be given back here, before this goes.
    [[nodiscard]] virtual SharedLimits* make() = 0;
    virtual void give_back(SharedLimits* limits) noexcept = 0;
};

class HeapLimits final : public LimitsHome {
public:
    [[nodiscard]] SharedLimits* make() override {
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

[[nodiscard]] inline LimitsPointer make_limits(LimitsHome& home) {
    return {home.make(), GiveBackLimits{&home}};
}

}  // namespace turnpike::relay
