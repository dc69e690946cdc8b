// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/entry_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/worker/kernel_wishes.hpp"
#include "server/xdp/choice.hpp"

namespace turnpike::worker {

using telemetry::Area;
using telemetry::MutexLock;
using xdp::Attachment;
using xdp::EntryPoint;

namespace {

std::string_view name_of(EntryPoint entry) noexcept {
    return entry == EntryPoint::xdp ? "xdp" : "tc";
}

}  // namespace

void EntryPoints::adjust(std::span<const xdp::Link> links, config::Acceleration wanted) {
    const bool is_off = wanted == config::Acceleration::off;
    detach_if([&](const Attachment& each) {
        return is_off ||
               std::ranges::find(links, each.place().interface, &xdp::Link::index) == links.end();
    });
    if (is_off) return;
    for (const xdp::Link& link : links) attach(link, xdp::entry_for(link, wanted_entry(wanted)));
}

// The new one before the old one goes, so that in between packets meet one of them, or both: the
// second finds nothing left to do.
void EntryPoints::attach(const xdp::Link& link, std::optional<EntryPoint> entry) {
    const auto before = entry_at(link.index);
    // Where either will do, tc stays until XDP can be had.
    const bool stays_anyway = before && !entry;
    if (stays_anyway) entry = EntryPoint::xdp;
    if (before && before == entry) return;
    auto attachment = entry ? Attachment::make(program_, link.index, *entry)
                            : Attachment::best(program_, link.index);
    if (!attachment && stays_anyway) return;
    if (!attachment) {
        return log_.warning(Area::server,
                            before
                                ? telemetry::Event{"the kernel relays as before by this interface"}
                                : telemetry::Event{"the kernel relays nothing that comes in by "
                                                   "this interface"},
                            {{"interface", link.name}, {"reason", attachment.error().text}});
    }
    if (!attachment->reason().empty()) {
        log_.info(Area::server, "tc in place of XDP",
                  {{"interface", link.name}, {"reason", attachment->reason()}});
    }
    if (!put(link, *std::move(attachment))) return;
    detach_if([&](const Attachment& each) {
        return before && each.place() == xdp::LinkPlace{link.index, *before};
    });
}

bool EntryPoints::put(const xdp::Link& link, Attachment attachment) {
    if (attachment.entry() == EntryPoint::xdp) {
        if (const auto opened = program_.open_interface(link.index); !opened) {
            log_.warning(Area::server, "the kernel does not send by this interface",
                         {{"interface", link.name}, {"reason", opened.error().text}});
            return false;
        }
    }
    const MutexLock lock{mutex_};
    places_.push_back({link.name, std::move(attachment)});
    return true;
}

std::optional<EntryPoint> EntryPoints::entry_at(std::uint32_t interface) const {
    const MutexLock lock{mutex_};
    const auto there = std::ranges::find_if(
        places_, [&](const Place& each) { return each.attachment.place().interface == interface; });
    if (there == places_.end()) return std::nullopt;
    return there->attachment.entry();
}

template <typename Goes>
void EntryPoints::detach_if(Goes&& goes) {
    const MutexLock lock{mutex_};
    std::erase_if(places_, [&](const Place& each) { return goes(each.attachment); });
}

void EntryPoints::leave() noexcept {
    const MutexLock lock{mutex_};
    for (Place& each : places_) each.attachment.leave();
}

bool EntryPoints::can_send_by(std::uint32_t interface) const {
    const MutexLock lock{mutex_};
    const auto is_xdp = [](const Place& each) {
        return each.attachment.entry() == EntryPoint::xdp;
    };
    if (std::ranges::none_of(places_, is_xdp)) return !places_.empty();
    return std::ranges::any_of(places_, [&](const Place& each) {
        return each.attachment.place() == xdp::LinkPlace{interface, EntryPoint::xdp};
    });
}

bool EntryPoints::is_empty() const {
    const MutexLock lock{mutex_};
    return places_.empty();
}

std::vector<xdp::LinkPlace> EntryPoints::places() const {
    const MutexLock lock{mutex_};
    std::vector<xdp::LinkPlace> all;
    for (const Place& each : places_) all.push_back(each.attachment.place());
    return all;
}

std::string EntryPoints::description() const {
    const MutexLock lock{mutex_};
    std::string text;
    for (const Place& each : places_) {
        if (!text.empty()) text += ", ";
        text += fmt::format("{} on {}", name_of(each.attachment.entry()), each.name);
    }
    return text.empty() ? "none" : text;
}

std::vector<telemetry::EntryPointMetrics> EntryPoints::metrics() const {
    const MutexLock lock{mutex_};
    std::vector<telemetry::EntryPointMetrics> all;
    for (const Place& each : places_) {
        all.push_back({.interface = each.name,
                       .mode = std::string{name_of(each.attachment.entry())},
                       .reason = each.attachment.reason()});
    }
    return all;
}

}  // namespace turnpike::worker
