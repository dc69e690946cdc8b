// SPDX-License-Identifier: BSD-3-Clause
//
// Carries out what the rules decided, in order: routes into the route table, deadlines into the
// timer wheel, and everything that an allocation held back to where it came from, with one log line
// at its beginning and one at its end. The only place where a holding ends. Owned by one worker.
#pragma once

#include "protocol/time.hpp"
#include "server/turn/effect.hpp"
#include "server/worker/context.hpp"
#include "server/worker/timer_wheel.hpp"

namespace turnpike::worker {

class EffectExecutor {
public:
    EffectExecutor(Context& context, TimerWheel& wheel) noexcept
        : context_{context}, wheel_{wheel} {}

    // `link` leads to the sender of the message that the effects came of, where there was one.
    void execute(const turn::Effects& effects, protocol::TimePoint now,
                 const ClientLink* link = nullptr);

    // The rules have accepted the allocation. `who`: whom of the database it belongs to.
    void announce(protocol::AllocationId id, std::chrono::seconds lifetime,
                  const std::optional<accounts::Who>& who = {});
    // ... another process's, which goes on here.
    void go_on(protocol::AllocationId id, protocol::TimePoint now,
               const std::optional<accounts::Who>& who);
    // An interval of UsageReporter is over.
    void report(protocol::AllocationId id, protocol::TimePoint now);

    // The answer to a Connect, to where its allocation's client is: success with the connection's
    // name, or 447.
    void answer(const turn::AwaitedConnect& awaited, const turn::PeerConnection& connection,
                std::optional<protocol::ConnectionId> name);

private:
    void carry_out(const turn::InstallRoute& effect);
    void carry_out(const turn::RemoveRoute& effect);
    void carry_out(const turn::CloseRelay& effect);
    void carry_out(const turn::ClosePeerConnection& effect);
    void carry_out(const turn::EndAllocation& effect, protocol::TimePoint now);
    void carry_out(const turn::SetDeadline& effect);
    void carry_out(const turn::AmendSession& effect);
    void carry_out(const turn::MoveClient& effect, const ClientLink* link);
    void count_in(Holding& holding, protocol::TimePoint now,
                  const std::optional<accounts::Who>& who);
    void follow_in_kernel(Holding& holding);
    void note_for_kernel(protocol::AllocationId id);
    void tell_kernel();
    void count_live(Holding& holding) noexcept;
    void log_move(const Holding& holding, const turn::Place& to);
    void close(Holding& holding, protocol::Family family);
    void log_end(const Holding& holding, std::string_view reason, protocol::TimePoint now);

    Context& context_;
    TimerWheel& wheel_;
    std::vector<protocol::AllocationId> changed_;  // whose routes did, by the effects at hand
};

}  // namespace turnpike::worker
