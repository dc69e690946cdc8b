// SPDX-License-Identifier: BSD-3-Clause
//
// Carries out what the server orders a running worker to do, within a turn. Owned by one worker.
#pragma once

#include <functional>

#include "server/worker/account_desk.hpp"
#include "server/worker/context.hpp"
#include "server/worker/datagram_service.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/inheritance.hpp"
#include "server/worker/order.hpp"
#include "server/worker/stream_service.hpp"
#include "server/worker/stun_service.hpp"

namespace turnpike::worker {

class OrderDesk {
public:
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
        AccountDesk& accounts;
        StunService& stun;
        DatagramService& datagrams;
        StreamService& streams;
        Inheritance& inheritance;
        std::function<void(net::FileDescriptor, Serves)> listen_udp;
    };

    OrderDesk(Context& context, Parts parts) : context_{context}, parts_{std::move(parts)} {}

    void carry_out(Order order, protocol::Moment now);

private:
    void obey(const TakeRules& order, protocol::Moment now);
    void obey(ListenUdp& order, protocol::Moment now);
    void obey(ListenTcp& order, protocol::Moment now);
    void obey(const ServeUdp& order, protocol::Moment now);
    void obey(const ServeTcp& order, protocol::Moment now);
    void obey(const CloseUdp& order, protocol::Moment now);
    void obey(const CloseTcp& order, protocol::Moment now);
    void obey(const IsUdpNeeded& order, protocol::Moment now);
    void obey(const ListSessions& order, protocol::Moment now);
    void obey(const EndSessions& order, protocol::Moment now);
    void obey(TakeUp& order, protocol::Moment now);
    void obey(const ReleaseUnclaimed& order, protocol::Moment now);
    void obey(const LookForWays& order, protocol::Moment now);

    Context& context_;
    Parts parts_;
};

}  // namespace turnpike::worker
