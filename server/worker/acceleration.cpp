// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/acceleration.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <utility>

#include "server/worker/kernel_wishes.hpp"
#include "server/worker/process_user.hpp"
#include "server/worker/random.hpp"
#include "server/xdp/choice.hpp"

namespace turnpike::worker {

using protocol::TimePoint;
using telemetry::Area;

namespace {

constexpr std::chrono::seconds look_interval{1};

TimePoint now() noexcept {
    return std::chrono::steady_clock::now();
}

std::string_view hint(const xdp::Problem& problem) noexcept {
    return problem.error == boost::system::errc::operation_not_permitted
               ? "; it needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON: see turnpike(1)"
               : "";
}

// Where what is at work waits for the next process, for as long as this one has it alone.
struct Place {
    xdp::Pins pins;
    net::FileDescriptor lock;
};

xdp::Outcome<Place> open_place(const Acceleration::Setup& setup) {
    const auto owner = process_user(setup.owner);
    auto pins = xdp::Pins::open(setup.pins, owner ? std::optional{owner->user} : std::nullopt);
    if (!pins) return pins.error();
    net::FileDescriptor lock{
        ::open(setup.pins.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)};
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return xdp::problem(errno, "another server has " + setup.pins);
    }
    return Place{*std::move(pins), std::move(lock)};
}

// None: nothing is to outlive this process, or there is no place for it.
std::optional<Place> wanted_place(const Acceleration::Setup& setup) {
    if (setup.pins.empty() || !setup.stays) return std::nullopt;
    auto place = open_place(setup);
    if (place) return *std::move(place);
    setup.log.warning(Area::server, "the kernel relays for this process alone",
                      {{"reason", place.error().text}, {"advice", "see relay.pins"}});
    return std::nullopt;
}

// What a process before has left would be at work for nobody.
void remove_leftovers(const Acceleration::Setup& setup) {
    std::error_code error;
    if (setup.pins.empty() || !std::filesystem::exists(setup.pins, error)) return;
    if (const auto place = open_place(setup)) place->pins.remove_all();
}

xdp::Outcome<xdp::Program> load(const Acceleration::Setup& setup,
                                const std::optional<Place>& place) {
    const xdp::Capacity capacity = capacity_for(setup.relay.kernel_channels);
    auto program = place ? xdp::Program::load(capacity, place->pins) : xdp::Program::load(capacity);
    if (program && !program->reason().empty()) {
        setup.log.info(Area::server, "the kernel relays afresh", {{"reason", program->reason()}});
    }
    return program;
}

xdp::Outcome<std::vector<xdp::Link>> find_links(std::span<const protocol::IpAddress> addresses,
                                                const std::vector<std::string>& only) {
    const auto all = xdp::all_interfaces();
    if (!all) return all.error();
    return xdp::entrances(addresses, only, *all);
}

}  // namespace

std::unique_ptr<Acceleration> Acceleration::start(const Setup& setup) {
    const config::Acceleration wanted = setup.relay.acceleration;
    const bool is_off = wanted == config::Acceleration::off;
    if (is_off || !setup.stays) remove_leftovers(setup);
    if (is_off) return nullptr;
    auto place = wanted_place(setup);
    const auto refuse = [&](std::string_view reason) -> std::unique_ptr<Acceleration> {
        if (place) place->pins.remove_all();
        constexpr telemetry::Event event{"the kernel relays nothing"};
        if (wanted == config::Acceleration::automatic) {
            setup.log.info(Area::server, event, {{"reason", reason}});
        } else {
            setup.log.warning(Area::server, event, {{"reason", reason}});
        }
        return nullptr;
    };
    const auto links = find_links(setup.addresses, setup.relay.interfaces);
    if (!links) return refuse(links.error().text);
    if (links->empty())
        return refuse("packets come in by loopback alone, or by none of relay.interfaces");
    auto program = load(setup, place);
    if (!program) return refuse(program.error().text.append(hint(program.error())));
    std::unique_ptr<Acceleration> made{new Acceleration{*std::move(program), setup}};
    auto ways = xdp::Neighbourhood::open(made->program_.hops(), [raw = made.get()] {
        if (raw->on_change_) raw->on_change_();
    });
    if (!ways) return refuse(ways.error().text);
    made->ways_ = *std::move(ways);
    made->entry_points_.adjust(*links, wanted);
    if (made->entry_points_.is_empty()) return refuse("no interface takes its program");
    made->own(setup.owner);
    if (place) made->lock_ = std::move(place->lock);
    return made;
}

Acceleration::Acceleration(xdp::Program program, const Setup& setup)
    : log_{setup.log},
      workers_{setup.workers},
      program_{std::move(program)},
      pools_{program_.pools()},
      entry_points_{program_, setup.log} {
    const Handover* const handover = setup.handover;
    is_begun_ = !program_.is_inherited();
    goes_on_ = program_.is_inherited() && handover != nullptr && handover->kernel != 0 &&
               handover->kernel == program_.identity();
    if (!goes_on_) {
        // It is nobody's, and shall not be relayed by until that has been cleared away.
        if (program_.is_inherited()) program_.set_until(now());
        return;
    }
    inherited_until_ = handover->until;
    std::vector<xdp::PoolStore::Inherited> pools;
    for (const HandedLimits& each : handover->limits) {
        if (each.pool) pools.push_back({each.share.kind, each.share.name, *each.pool});
    }
    pools_.inherit(pools);
}

// Links of the process before that this one did not want are gone now, and what is pinned can be
// removed by whom the process will be.
void Acceleration::own(const std::string& owner) {
    const xdp::Pins* const pins = program_.pins();
    if (pins == nullptr) return;
    pins->remove_links_but(entry_points_.places());
    const auto user = process_user(owner);
    if (!user) return;
    if (const auto given = pins->give_to(user->user, user->group); !given) {
        log_.warning(Area::server, "what is pinned in the kernel stays there after the end",
                     {{"reason", given.error().text}});
    }
}

// A start that was stopped by something else takes nothing from the one that will not be.
Acceleration::~Acceleration() {
    if (goes_on_ && !is_begun_) leave_again();
}

void Acceleration::leave_again() noexcept {
    entry_points_.leave();
    program_.leave(inherited_until_, program_.identity());
}

bool Acceleration::can_stay() const {
    return program_.pins() != nullptr && !entry_points_.is_empty();
}

void Acceleration::stop() noexcept {
    program_.set_until(now());
}

void Acceleration::apply(const config::Relay& relay,
                         std::span<const protocol::IpAddress> addresses) {
    const bool is_off = relay.acceleration == config::Acceleration::off;
    const auto links = is_off ? xdp::Outcome<std::vector<xdp::Link>>{std::vector<xdp::Link>{}}
                              : find_links(addresses, relay.interfaces);
    if (!links) {
        return log_.warning(Area::server, "the kernel relays as before",
                            {{"reason", links.error().text}});
    }
    const std::string before = entry_points_.description();
    entry_points_.adjust(*links, relay.acceleration);
    const std::string after = entry_points_.description();
    if (before == after) return;
    log_.info(Area::server, "the kernel relays by other interfaces, or in another way",
              {{"acceleration", after}, {"before", before}});
}

void Acceleration::remove_unclaimed_routes() {
    program_.routes().remove_inherited();
}

void Acceleration::finish_inheritance() {
    ways_->release_inherited(now());
    is_begun_.store(true, std::memory_order_relaxed);
}

void Acceleration::live_until(TimePoint until) noexcept {
    const bool is_bound = program_.pins() != nullptr && is_begun_.load(std::memory_order_relaxed);
    if (is_bound) program_.set_until(until);
}

std::uint64_t Acceleration::leave(TimePoint until) {
    if (!can_stay()) return 0;
    is_begun_ = true;                                     // for us it is over
    const std::uint64_t identity = random_number() | 1U;  // 0 is none
    entry_points_.leave();
    program_.leave(until, identity);
    return identity;
}

KernelRelay::Parts Acceleration::parts_for(std::size_t worker) {
    const auto slots = program_.sessions();
    const std::size_t share = slots.size() / workers_;
    const std::size_t first = worker * share;
    return {
        .routes = program_.routes(),
        .slots = slots,
        .own = xdp::SessionSlots{slots.subspan(first, share), static_cast<std::uint32_t>(first)},
        .pools = pools_,
        .ways = *this,
        .verdicts = worker == 0 ? std::function{[this] { return program_.counters(); }} : nullptr};
}

std::optional<xdp::Passage> Acceleration::take(const xdp::Way& way) {
    auto passage = ways_->acquire(way, now());
    if (!passage) return std::nullopt;
    if (entry_points_.can_send_by(passage->interface)) return *passage;
    ways_->release(*passage, now());
    return std::nullopt;
}

void Acceleration::give_back(const xdp::Passage& passage) noexcept {
    ways_->release(passage, now());
}

NetworkWatch::NetworkWatch(Acceleration& acceleration, boost::asio::io_context& loop,
                           std::function<void()> on_change)
    : acceleration_{acceleration}, next_look_{loop} {
    acceleration_.on_change_ = std::move(on_change);
    net::FileDescriptor changes{::fcntl(acceleration_.ways_->descriptor(), F_DUPFD_CLOEXEC, 0)};
    if (changes) {
        changes_.emplace(loop, std::move(changes));
        changes_->on_readable([this] { hear(); });
    }
    tend_later();
}

// A bounded part of what there is; for the rest the loop calls again.
void NetworkWatch::hear() {
    (void)acceleration_.ways_->on_readable(now());
}

void NetworkWatch::tend_later() {
    next_look_.expires_after(look_interval);
    next_look_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        tend();
        tend_later();
    });
}

void NetworkWatch::tend() {
    hear();
    const auto tended = acceleration_.ways_->tend(now());
    if (tended.may_probe || !std::exchange(may_probe_, false)) return;
    acceleration_.log_.info(Area::server,
                            "the kernel does not relay to neighbours that are long silent",
                            {{"advice", "CAP_NET_ADMIN lets the server ask for them"}});
}

}  // namespace turnpike::worker
