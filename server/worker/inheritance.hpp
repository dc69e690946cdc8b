// SPDX-License-Identifier: BSD-3-Clause
//
// How one worker hands its allocations over to another process, and takes up those of another: all
// that hang on no connection. What cannot go on is ended here, so that each has its account. Owned
// by one worker.
#pragma once

#include "protocol/time.hpp"
#include "server/turn/dispatcher.hpp"
#include "server/worker/account_desk.hpp"
#include "server/worker/context.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/handover.hpp"
#include "server/worker/relay_opener.hpp"

namespace turnpike::worker {

class Inheritance {
public:
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
        RelayOpener& opener;
        AccountDesk& accounts;
    };
    Inheritance(Context& context, const Parts& parts) noexcept : context_{context}, parts_{parts} {}

    // Nothing may happen to them any more: what is handed over is as of now.
    [[nodiscard]] HandedWorker hand_over(protocol::TimePoint now);
    // Before anything else is served, and after there are listeners. Where it has `ended` meanwhile
    // it gets its account and no more.
    void take_up(HandedWorker handed, protocol::Moment now,
                 std::optional<protocol::TimePoint> ended = {});

private:
    [[nodiscard]] std::optional<HandedAllocation> handed(const turn::Allocation& allocation) const;
    // Whether it can go on.
    [[nodiscard]] bool take_up(HandedAllocation each, protocol::Moment now);
    [[nodiscard]] bool is_strange(const HandedAllocation& each) const;
    void end_if_due(protocol::AllocationId id, protocol::TimePoint now);

    Context& context_;
    Parts parts_;
};

}  // namespace turnpike::worker
