// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/acceleration.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <utility>

#include "server/worker/kernel_wishes.hpp"
#include "server/xdp/choice.hpp"

namespace turnpike::worker {

using protocol::TimePoint;
using telemetry::Area;

namespace {

constexpr std::chrono::seconds look_interval{1};

TimePoint now() noexcept {
    return std::chrono::steady_clock::now();
}

std::string_view name_of(xdp::EntryPoint entry) noexcept {
    return entry == xdp::EntryPoint::xdp ? "xdp" : "tc";
}

std::string_view hint(const xdp::Problem& problem) noexcept {
    return problem.error == boost::system::errc::operation_not_permitted
               ? "; it needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON: see turnpike(1)"
               : "";
}

}  // namespace

std::unique_ptr<Acceleration> Acceleration::start(const Setup& setup) {
    const config::Acceleration wanted = setup.relay.acceleration;
    if (wanted == config::Acceleration::off) return nullptr;
    const auto refuse = [&](std::string_view reason) -> std::unique_ptr<Acceleration> {
        constexpr telemetry::Event event{"the kernel relays nothing"};
        if (wanted == config::Acceleration::automatic) {
            setup.log.info(Area::server, event, {{"reason", reason}});
        } else {
            setup.log.warning(Area::server, event, {{"reason", reason}});
        }
        return nullptr;
    };
    const auto all = xdp::all_interfaces();
    if (!all) return refuse(all.error().text);
    const auto links = xdp::entrances(setup.addresses, setup.relay.interfaces, *all);
    if (!links) return refuse(links.error().text);
    if (links->empty())
        return refuse("packets come in by loopback alone, or by none of relay.interfaces");
    auto program = xdp::Program::load(capacity_for(setup.relay.kernel_channels));
    if (!program) return refuse(program.error().text.append(hint(program.error())));
    std::unique_ptr<Acceleration> made{new Acceleration{*std::move(program), setup}};
    auto ways = xdp::Neighbourhood::open(made->program_.hops(), [raw = made.get()] {
        if (raw->on_change_) raw->on_change_();
    });
    if (!ways) return refuse(ways.error().text);
    made->ways_ = *std::move(ways);
    for (const xdp::Link& each : *links) made->attach(each, wanted);
    if (made->attachments_.empty()) return refuse("no interface takes its program");
    return made;
}

Acceleration::Acceleration(xdp::Program program, const Setup& setup)
    : log_{setup.log},
      workers_{setup.workers},
      program_{std::move(program)},
      pools_{program_.pools()} {}

void Acceleration::attach(const xdp::Link& link, config::Acceleration wanted) {
    using xdp::Attachment;
    using xdp::EntryPoint;
    const auto entry = xdp::entry_for(link, wanted_entry(wanted));
    auto attachment = entry ? Attachment::make(program_, link.index, *entry)
                            : Attachment::best(program_, link.index);
    if (!attachment) {
        return log_.warning(Area::server,
                            "the kernel relays nothing that comes in by this interface",
                            {{"interface", link.name}, {"reason", attachment.error().text}});
    }
    if (!attachment->reason().empty()) {
        log_.info(Area::server, "tc in place of XDP",
                  {{"interface", link.name}, {"reason", attachment->reason()}});
    }
    if (!description_.empty()) description_ += ", ";
    description_ += fmt::format("{} on {}", name_of(attachment->entry()), link.name);
    if (attachment->entry() == EntryPoint::xdp) {
        if (const auto opened = program_.open_interface(link.index); !opened) {
            return log_.warning(Area::server, "the kernel does not send by this interface",
                                {{"interface", link.name}, {"reason", opened.error().text}});
        }
        with_xdp_.insert(link.index);
    }
    attachments_.push_back(*std::move(attachment));
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
    if (can_send_by(passage->interface)) return *passage;
    ways_->release(*passage, now());
    return std::nullopt;
}

// tc sends by any of them. A driver is known to send for XDP where it receives for it.
bool Acceleration::can_send_by(std::uint32_t interface) const noexcept {
    return with_xdp_.empty() || with_xdp_.contains(interface);
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
