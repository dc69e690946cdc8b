// SPDX-License-Identifier: BSD-3-Clause
//
// One allocation of the route model, and the limits that several share: what both relays are told
// of it. Times are the model's, which run ahead of the machine's whenever time passes at once.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "server/xdp/pool_store.hpp"
#include "tests/support/route_model/kernel_half.hpp"

namespace turnpike::test::route_model {

using protocol::AllocationId;
using protocol::FiveTuple;
using Duration = std::chrono::nanoseconds;

// A moment of the oracle's, and how far the model was ahead of the machine when it came.
class Mark {
public:
    void note(TimePoint::rep moment, Duration ahead) {
        if (moment == moment_) return;
        moment_ = moment;
        ahead_ = ahead.count();
    }
    // 0: not yet.
    [[nodiscard]] TimePoint::rep by_machine() const { return moment_ == 0 ? 0 : moment_ - ahead_; }

private:
    TimePoint::rep moment_ = 0;
    Duration::rep ahead_ = 0;
};

// Of a user, or of a call.
struct SharedPool {
    explicit SharedPool(xdp::PoolStore& store)
        : found{relay::make_limits(store, {})}, index{store.index_of(found.get()).value()} {}

    relay::SharedLimits expected;  // the oracle's
    relay::LimitsPointer found;
    std::uint32_t index;
    Mark first_media;
    int sessions = 0;
};

struct Party {
    // As the rules installed it; channel 0: a permission.
    struct Installed {
        Endpoint peer;
        std::uint16_t channel = 0;
        TimePoint expires{};
    };

    AllocationId id{};
    FiveTuple five_tuple;  // of its client, or the last that it had
    bool has_client = true;
    std::array<std::optional<Endpoint>, 2> relayed;
    relay::SessionLimits limits{};
    std::vector<Installed> routes;
    SharedPool* user = nullptr;
    SharedPool* call = nullptr;
    std::optional<KernelShare> kernel;

    // When its client was heard.
    std::atomic<TimePoint::rep> heard_expected{0};
    std::atomic<TimePoint::rep> heard_found{0};
    struct {
        Mark first;
        Mark last;
        Mark heard;
    } media;
};

}  // namespace turnpike::test::route_model
