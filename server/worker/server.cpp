// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/server.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/net/descriptor_limit.hpp"
#include "server/net/host_addresses.hpp"
#include "server/worker/assemble.hpp"
#include "server/worker/commons.hpp"
#include "server/worker/handover_file.hpp"
#include "server/worker/metrics_snapshot.hpp"
#include "server/worker/niceness.hpp"
#include "server/worker/ready_line.hpp"
#include "server/worker/roll_call.hpp"
#include "server/worker/sessions.hpp"
#include "server/worker/succession.hpp"

namespace turnpike::worker {

using protocol::Endpoint;
using protocol::TimePoint;

namespace {

// A worker turns each second at least.
constexpr std::chrono::seconds stuck_after{5};
constexpr std::chrono::milliseconds tick_interval{500};
constexpr std::chrono::milliseconds drain_interval{50};
constexpr std::chrono::seconds listeners_interval{10};
// For so long the kernel relays on after a server that was killed, or has come to a standstill.
constexpr std::chrono::seconds time_to_miss_us{30};
// Whoever asks for a drain of a server that is empty shall hear the answer.
constexpr std::chrono::milliseconds time_to_answer{250};

protocol::Moment read_clock() noexcept {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

}  // namespace

struct Server::Parts {
    Parts(const config::Config& configuration, telemetry::Log& where,
          net::InheritedSockets inherited)
        : log{where},
          commons{configuration,
                  {.log = where,
                   .post =
                       [this](std::function<void()> work) {
                           boost::asio::post(waiting, std::move(work));
                       },
                   .inherited = std::move(inherited),
                   .handover = take_handover(configuration, where)}} {}

    [[nodiscard]] std::vector<std::thread> start_workers();
    void watch_the_network();
    void wait_for_end();
    void wait_for_drain();
    void wait_for_reload();
    void look_at_certificates();
    void look_at_listeners();
    void tick();
    void drain(std::chrono::seconds patience, std::chrono::milliseconds answered_after = {});
    void tick_after(std::chrono::milliseconds time);
    [[nodiscard]] Status status() const;
    // Puts a question to every worker: `make_order` makes an order of where its answer goes.
    template <typename Answer, typename MakeOrder>
    void ask_all(RollCall<Answer>& calls, typename RollCall<Answer>::Handler handler,
                 MakeOrder&& make_order);

    telemetry::Log& log;
    Commons commons;
    // For any thread.
    std::atomic<Drain::State> state{Drain::State::serving};
    std::atomic<TimePoint::rep> drained_at{0};
    // Of the thread in run().
    Hooks hooks;
    Drain draining;
    RollCall<SessionPage> listings;
    RollCall<std::size_t> endings;
    boost::asio::io_context waiting{1};
    boost::asio::signal_set ends{waiting, SIGTERM, SIGINT};
    boost::asio::signal_set drains{waiting, SIGUSR1};
    boost::asio::signal_set reloads{waiting, SIGHUP};
    boost::asio::steady_timer next_look{waiting};
    boost::asio::steady_timer next_tick{waiting};
    boost::asio::steady_timer next_closing{waiting};
    std::optional<NetworkWatch> network{};
    bool hands_over = false;  // once it is over
};

std::vector<std::thread> Server::Parts::start_workers() {
    const int wanted = commons.config.server.nice;
    const Niceness niceness{wanted};
    if (niceness.error()) {
        log.info(telemetry::Area::server, "workers keep the niceness of the server",
                 {{"server.nice", wanted}, {"reason", niceness.error().message()}});
    }
    std::vector<std::thread> threads;
    for (const auto& worker : commons.workers) {
        threads.emplace_back([&each = *worker] { each.run(); });
    }
    return threads;
}

void Server::Parts::watch_the_network() {
    if (!commons.acceleration) return;
    network.emplace(*commons.acceleration, waiting,
                    [this] { (void)commons.tell_all([] { return Order{LookForWays{}}; }); });
}

void Server::Parts::wait_for_end() {
    ends.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        const bool again = draining.state() == Drain::State::draining &&
                           draining.left(read_clock().steady) <= commons.config.server.stop;
        log.info(telemetry::Area::server, "stopping",
                 {{"signal", signal}, {"allocations", commons.attendance.allocations()}});
        // Whoever has asked for a drain wants an end.
        if (draining.state() == Drain::State::serving) hands_over = can_hand_over(commons);
        const auto patience =
            again || hands_over ? std::chrono::seconds{0} : commons.config.server.stop;
        if (hooks.stopping) hooks.stopping(patience);
        drain(patience);
        wait_for_end();
    });
}

void Server::Parts::wait_for_drain() {
    drains.async_wait([this](const boost::system::error_code& error, int /*signal*/) {
        if (error) return;
        drain(commons.config.server.drain);
        wait_for_drain();
    });
}

void Server::Parts::wait_for_reload() {
    reloads.async_wait([this](const boost::system::error_code& error, int /*signal*/) {
        if (error) return;
        if (hooks.reload) {
            hooks.reload();
        } else {
            commons.certificates.reload(read_clock());
        }
        wait_for_reload();
    });
}

void Server::Parts::look_at_certificates() {
    next_look.expires_after(CertificateKeeper::interval);
    next_look.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        commons.certificates.look(read_clock());
        look_at_certificates();
    });
}

void Server::Parts::look_at_listeners() {
    next_closing.expires_after(listeners_interval);
    next_closing.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        commons.listeners.look();
        look_at_listeners();
    });
}

void Server::Parts::tick() {
    const TimePoint now = read_clock().steady;
    listings.on_time(now);
    endings.on_time(now);
    if (commons.acceleration) commons.acceleration->live_until(now + time_to_miss_us);
    const bool is_over = draining.on_time(now, commons.attendance.allocations());
    state.store(draining.state());
    if (hooks.tick) hooks.tick(status());
    if (is_over) return waiting.stop();
    const bool waits = draining.state() == Drain::State::draining;
    tick_after(waits ? drain_interval : tick_interval);
}

void Server::Parts::tick_after(std::chrono::milliseconds time) {
    next_tick.expires_after(time);
    next_tick.async_wait([this](const boost::system::error_code& error) {
        if (!error) tick();
    });
}

void Server::Parts::drain(std::chrono::seconds patience, std::chrono::milliseconds answered_after) {
    const TimePoint now = read_clock().steady;
    const TimePoint until = now + patience;
    if (draining.state() == Drain::State::serving) {
        log.info(telemetry::Area::server, "draining",
                 {{"allocations", commons.attendance.allocations()}, {"seconds", patience}});
    }
    commons.redirection.drain();
    draining.begin(until, now + answered_after);
    drained_at.store(until.time_since_epoch().count());
    state.store(draining.state());
    tick_after(std::chrono::milliseconds{0});  // never later than it would be
}

Server::Status Server::Parts::status() const {
    const TimePoint now = read_clock().steady;
    Status status{.state = state.load(), .allocations = commons.attendance.allocations()};
    if (status.state == Drain::State::draining) {
        const TimePoint until{TimePoint::duration{drained_at.load()}};
        status.left = std::chrono::ceil<std::chrono::seconds>(std::max(until, now) - now);
    }
    status.stuck = static_cast<std::size_t>(std::ranges::count_if(
        commons.workers, [&](const auto& each) { return now - each->last_turn() > stuck_after; }));
    return status;
}

template <typename Answer, typename MakeOrder>
void Server::Parts::ask_all(RollCall<Answer>& calls, typename RollCall<Answer>::Handler handler,
                            MakeOrder&& make_order) {
    const auto number =
        calls.begin(commons.workers.size(), std::move(handler), read_clock().steady);
    const auto answer = [this, &calls, number](Answer each) {
        boost::asio::post(waiting, [&calls, number, each = std::move(each)]() mutable {
            calls.answer(number, std::move(each));
        });
    };
    (void)commons.tell_all([&] { return Order{make_order(answer)}; });
}

Server::Server(const config::Config& config, telemetry::Log& log, net::InheritedSockets inherited) {
    net::raise_descriptor_limit();
    parts_ = std::make_unique<Parts>(config, log, std::move(inherited));
    if (parts_->commons.relays.empty()) {
        throw std::runtime_error{
            "no address to relay from: this host has none; set relay.addresses"};
    }
    if (config.relay.addresses.empty() && net::is_loopback(parts_->commons.relays.front().local)) {
        log.warning(telemetry::Area::server, "relaying on loopback",
                    {{"advice", "set relay.addresses"}});
    }
    parts_->commons.open_workers();
}

Server::~Server() = default;

void Server::run(Hooks hooks) {
    Parts& parts = *parts_;
    parts.hooks = std::move(hooks);
    parts.commons.books.open();
    (void)can_hand_over(parts.commons);  // says now what would be too late at the end
    // Nothing stops the start any more.
    forget_handover(parts.commons.config.server.handover_file);
    parts.wait_for_end();
    parts.wait_for_drain();
    parts.wait_for_reload();
    parts.look_at_certificates();
    parts.look_at_listeners();
    parts.watch_the_network();
    std::vector<std::thread> threads = parts.start_workers();
    log_ready(parts.commons);
    if (parts.hooks.ready) parts.hooks.ready();
    boost::asio::post(parts.waiting, [&parts] { parts.tick(); });
    parts.waiting.run();
    if (parts.hooks.stopping) parts.hooks.stopping(std::chrono::seconds{0});
    std::optional<Handover> handover;
    if (parts.hands_over) {
        handover = collect_handover(parts.commons);
    } else {
        for (const auto& worker : parts.commons.workers) worker->stop();
    }
    for (std::thread& thread : threads) thread.join();
    if (handover) leave_behind(*handover, parts.commons);
    parts.commons.books.close();
    parts.log.info(telemetry::Area::server, "server stopped");
}

void Server::drain(std::optional<std::chrono::seconds> patience) {
    post([this, patience] {
        parts_->drain(patience.value_or(parts_->commons.config.server.drain), time_to_answer);
    });
}

Server::Status Server::status() const {
    return parts_->status();
}

protocol::Result<AppliedChange, ChangeProblem> Server::apply(const config::Config& config) {
    return parts_->commons.apply(config, read_clock());
}

void Server::post(std::function<void()> work) {
    boost::asio::post(parts_->waiting, std::move(work));
}

void Server::list_sessions(const SessionQuery& query, std::function<void(SessionPage)> handler) {
    post([this, query, handler = std::move(handler)]() mutable {
        parts_->ask_all(
            parts_->listings,
            [limit = query.limit, handler = std::move(handler)](std::vector<SessionPage> pages,
                                                                std::size_t silent) {
                SessionPage page = merged(std::move(pages), limit);
                page.workers_unheard = silent;
                handler(std::move(page));
            },
            [&](auto answer) { return ListSessions{query, std::move(answer)}; });
    });
}

void Server::end_sessions(const SessionFilter& filter, std::function<void(SessionsEnded)> handler) {
    post([this, filter, handler = std::move(handler)]() mutable {
        parts_->ask_all(
            parts_->endings,
            [handler = std::move(handler)](const std::vector<std::size_t>& counts,
                                           std::size_t silent) {
                handler({.ended = std::accumulate(counts.begin(), counts.end(), std::size_t{0}),
                         .workers_unheard = silent});
            },
            [&](auto answer) { return EndSessions{filter, std::move(answer)}; });
    });
}

void Server::redirect(RedirectMode mode) {
    parts_->commons.redirection.set(mode);
}

void Server::stop() {
    boost::asio::post(parts_->waiting, [this] { parts_->waiting.stop(); });
}

std::vector<Endpoint> Server::udp() const {
    return parts_->commons.listeners.udp(Serves::plain);
}
std::vector<Endpoint> Server::dtls() const {
    return parts_->commons.listeners.udp(Serves::dtls);
}
std::vector<Endpoint> Server::automatic() const {
    return parts_->commons.listeners.udp(Serves::both);
}
std::vector<Endpoint> Server::tcp() const {
    return parts_->commons.listeners.tcp(Entrance::plain);
}
std::vector<Endpoint> Server::tls() const {
    return parts_->commons.listeners.tcp(Entrance::secured);
}

const auth::Login& Server::probe_login() const noexcept {
    return *parts_->commons.keys.probe;
}

telemetry::CounterValues Server::counters() const {
    std::vector<const telemetry::Counters*> all;
    for (const auto& worker : parts_->commons.workers) all.push_back(&worker->counters());
    for (const auto* each : parts_->commons.books.counters()) all.push_back(each);
    return telemetry::sum(all);
}

telemetry::Metrics Server::metrics() const {
    const Commons& commons = parts_->commons;
    std::vector<WorkerSource> workers;
    for (const auto& worker : commons.workers) {
        workers.push_back({worker->counters(), worker->last_turn()});
    }
    return take_metrics({.directory = commons.directory,
                         .post_office = commons.post_office,
                         .books = commons.books,
                         .tls = commons.tls,
                         .connections = commons.connections,
                         .associations = commons.associations,
                         .handshakes = commons.handshakes,
                         .acceleration = commons.acceleration.get()},
                        workers, read_clock().steady);
}

double Server::journal_fill() const {
    return parts_->commons.books.journal_fill();
}

std::size_t Server::free_ports() const {
    return parts_->commons.directory.free_ports();
}

}  // namespace turnpike::worker
