// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's half of the relay, for all workers: the program, the interfaces that it is at work
// on, the ways that it knows. Made before privileges are dropped, because loading needs them; what
// comes after does not. Whatever cannot be had is said once, and user space relays.
//
// NetworkWatch belongs to the server's own thread, as start() does; the rest is for any worker.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/config/config.hpp"
#include "server/net/watch.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/kernel_relay.hpp"
#include "server/xdp/attachment.hpp"
#include "server/xdp/interfaces.hpp"
#include "server/xdp/neighbourhood.hpp"
#include "server/xdp/pool_store.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::worker {

class Acceleration final : public Ways {
public:
    struct Setup {
        const config::Relay& relay;
        // What packets that are to be relayed are sent to: of listeners and of relays.
        std::vector<protocol::IpAddress> addresses;
        std::size_t workers = 1;
        telemetry::Log& log;
    };
    // None where it is off, or nowhere possible.
    [[nodiscard]] static std::unique_ptr<Acceleration> start(const Setup& setup);

    // "xdp on eth0, tc on eth1".
    [[nodiscard]] const std::string& description() const noexcept { return description_; }
    [[nodiscard]] KernelRelay::Parts parts_for(std::size_t worker);
    // Where users' and calls' limits are to live.
    [[nodiscard]] relay::LimitsHome& limits() noexcept { return pools_; }

    [[nodiscard]] std::optional<xdp::Passage> take(const xdp::Way& way) override;
    void give_back(const xdp::Passage& passage) noexcept override;

private:
    friend class NetworkWatch;
    Acceleration(xdp::Program program, const Setup& setup);
    void attach(const xdp::Link& link, config::Acceleration wanted);
    [[nodiscard]] bool can_send_by(std::uint32_t interface) const noexcept;

    telemetry::Log& log_;
    std::size_t workers_;
    xdp::Program program_;
    xdp::PoolStore pools_;
    std::function<void()> on_change_;
    std::unique_ptr<xdp::Neighbourhood> ways_;
    std::vector<xdp::Attachment> attachments_;
    std::set<std::uint32_t> with_xdp_;  // interfaces
    std::string description_;
};

// While it lives, the acceleration hears of changes of the network.
class NetworkWatch {
public:
    // `on_change`: workers have to look for their ways again.
    NetworkWatch(Acceleration& acceleration, boost::asio::io_context& loop,
                 std::function<void()> on_change);
    ~NetworkWatch() { acceleration_.on_change_ = {}; }
    NetworkWatch(const NetworkWatch&) = delete;
    NetworkWatch& operator=(const NetworkWatch&) = delete;

private:
    void hear();
    void tend();
    void tend_later();

    Acceleration& acceleration_;
    std::optional<net::Watch> changes_;
    boost::asio::steady_timer next_look_;
    bool may_probe_ = true;  // as far as it is known
};

}  // namespace turnpike::worker
