// SPDX-License-Identifier: BSD-3-Clause
//
// The kernel's half of the relay, for all workers: the program, the interfaces that it is at work
// on, the ways that it knows. Made before privileges are dropped, because loading needs them; what
// comes after does not. Whatever cannot be had is said once, and user space relays.
//
// NetworkWatch belongs to the server's own thread, as start() does; the rest is for any worker.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/config/config.hpp"
#include "server/net/watch.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/entry_points.hpp"
#include "server/worker/handover.hpp"
#include "server/worker/kernel_relay.hpp"
#include "server/xdp/interfaces.hpp"
#include "server/xdp/neighbourhood.hpp"
#include "server/xdp/pool_store.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::worker {

class Acceleration final : public Ways {
public:
    ~Acceleration() override;
    Acceleration(const Acceleration&) = delete;
    Acceleration& operator=(const Acceleration&) = delete;

    struct Setup {
        const config::Relay& relay;
        // What packets that are to be relayed are sent to: of listeners and of relays.
        std::vector<protocol::IpAddress> addresses;
        std::size_t workers = 1;
        telemetry::Log& log;
        // The folder by which the next process finds what is at work, and whose that is to be.
        std::string pins{};
        std::string owner{};
        bool stays = false;  // else nothing outlives this one, nor goes on of the one before
        const Handover* handover = nullptr;  // of the process before
    };
    // None where it is off, or nowhere possible.
    [[nodiscard]] static std::unique_ptr<Acceleration> start(const Setup& setup);

    // While the workers run; they have to look for their ways afterwards.
    void apply(const config::Relay& relay, std::span<const protocol::IpAddress> addresses);
    [[nodiscard]] const EntryPoints& entry_points() const noexcept { return entry_points_; }
    [[nodiscard]] KernelRelay::Parts parts_for(std::size_t worker);
    // Where users' and calls' limits are to live.
    [[nodiscard]] xdp::PoolStore& limits() noexcept { return pools_; }
    [[nodiscard]] const xdp::PoolStore& limits() const noexcept { return pools_; }

    // Something of a process before is in the kernel; and it is what was handed over.
    [[nodiscard]] bool has_inherited() const noexcept { return program_.is_inherited(); }
    [[nodiscard]] bool goes_on() const noexcept { return goes_on_; }
    // Once all workers have taken up what was handed to them: any thread. Then they may release
    // their slots, and then there is an end of what was before.
    void remove_unclaimed_routes();
    void finish_inheritance();
    // Whether it can go on without this process; else it has to stop with it, before that counts.
    [[nodiscard]] bool can_stay() const;
    void stop() noexcept;
    // It would go on without this process until then, if that died now; to be said now and then.
    void live_until(protocol::TimePoint until) noexcept;
    // It goes on without this process until then. The name is for the Handover; 0: it cannot.
    [[nodiscard]] std::uint64_t leave(protocol::TimePoint until);

    [[nodiscard]] std::optional<xdp::Passage> take(const xdp::Way& way) override;
    void give_back(const xdp::Passage& passage) noexcept override;

private:
    friend class NetworkWatch;
    Acceleration(xdp::Program program, const Setup& setup);
    void own(const std::string& owner);
    void leave_again() noexcept;

    net::FileDescriptor lock_{};  // on the folder of pins: one server has them
    telemetry::Log& log_;
    std::size_t workers_;
    xdp::Program program_;
    xdp::PoolStore pools_;
    std::function<void()> on_change_;
    std::unique_ptr<xdp::Neighbourhood> ways_;
    EntryPoints entry_points_;
    bool goes_on_ = false;
    protocol::TimePoint inherited_until_{};
    std::atomic<bool> is_begun_{false};  // nothing is left of the process before
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
