// SPDX-License-Identifier: BSD-3-Clause
//
// What the server tells a running worker to do: values that change threads. An order that asks for
// something is answered once, by the worker's thread.
#pragma once

#include <functional>
#include <optional>
#include <variant>

#include "protocol/address.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/worker/entrance.hpp"
#include "server/worker/handover.hpp"
#include "server/worker/session_info.hpp"

namespace turnpike::worker {

// There are new rules in the slot.
struct TakeRules {};

// One more listener, bound.
struct ListenUdp {
    net::FileDescriptor socket;
    Serves serves = Serves::plain;
};
struct ListenTcp {
    net::FileDescriptor socket;
    Entrance entrance = Entrance::plain;
};
// The listener that is bound there serves something else from now on.
struct ServeUdp {
    protocol::Endpoint bound;
    Serves serves = Serves::plain;
};
struct ServeTcp {
    protocol::Endpoint bound;
    Entrance entrance = Entrance::plain;
};
// Connections and allocations that came by it stay. To be asked of a UDP listener only once nobody
// needs it.
struct CloseUdp {
    protocol::Endpoint bound;
};
struct CloseTcp {
    protocol::Endpoint bound;
};
// Whether somebody is served by way of it.
struct IsUdpNeeded {
    protocol::Endpoint bound;
    std::function<void(bool)> answer;
};

struct ListSessions {
    SessionQuery query;
    std::function<void(SessionPage)> answer;
};
struct EndSessions {
    SessionFilter filter;
    std::function<void(std::size_t)> answer;  // how many
};

// To be taken up before anything is served; `done` is called once.
struct TakeUp {
    HandedWorker handed;
    std::optional<protocol::TimePoint> ended;  // nobody came in time: it was over then
    std::function<void()> done;
};

// Slots of the process before that nobody has claimed are free; `done` is called once.
struct ReleaseUnclaimed {
    std::function<void()> done;
};

// The network has changed: what the kernel relays may have to go another way.
struct LookForWays {};

using Order =
    std::variant<TakeRules, ListenUdp, ListenTcp, ServeUdp, ServeTcp, CloseUdp, CloseTcp,
                 IsUdpNeeded, ListSessions, EndSessions, TakeUp, ReleaseUnclaimed, LookForWays>;

}  // namespace turnpike::worker
