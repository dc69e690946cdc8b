// SPDX-License-Identifier: BSD-3-Clause
//
// A seeded sequence of changes and packets: each is applied to user space alone, and to the kernel
// with user space behind it, and both must agree on what the receiver gets and on every account.
#pragma once

#include <deque>
#include <string>

#include "server/xdp/monotonic.hpp"
#include "tests/support/route_model/changes.hpp"
#include "tests/support/route_model/packets.hpp"
#include "tests/support/route_model/passed_up.hpp"

namespace turnpike::test::route_model {

class Model {
public:
    explicit Model(std::uint64_t seed) : dice_{seed}, relays_{dice_.chance(30)} {}

    // What the two do not agree on, after the last events; empty: they do.
    [[nodiscard]] std::string step() {
        std::string flaw;
        if (relays_.parties().size() < 2 || dice_.chance(25)) {
            auto change = changes_.some();
            tell(change.what);
            flaw = change.flaw;
        } else {
            flaw = deliver(packets_.some());
        }
        relays_.note_moments();
        flaw += differences(relays_);
        return flaw.empty() ? flaw : history() + flaw;
    }

    // How often the kernel did what, by Verdict; the last one: nothing of its own.
    [[nodiscard]] const std::array<std::size_t, xdp::verdict_count + 1>& verdicts() const {
        return verdicts_;
    }

private:
    [[nodiscard]] std::string deliver(const Packet& packet) {
        const Frame& frame = packet.frame;
        tell(frame.source.to_string() + " > " + frame.destination.to_string() + ": " + packet.what +
             (packet.entry == EntryPoint::tc ? ", tc" : ", XDP"));
        const KnownRoutes known = KnownRoutes::of(relays_, frame);
        const Octets octets = packet.octets();
        const TimePoint before = BothRelays::machine_now();
        const Result result = run(packet.entry, octets);
        ++verdicts_.at(result.counted.value_or(xdp::unrelated));
        const TimePoint when = moment_of(result, before);
        const Outcome found = result.fate == Fate::passed
                                  ? relays_.behind_kernel().receive(frame, when)
                                  : outcome_of(result);
        const Outcome expected = relays_.oracle().receive(frame, relays_.by_model(when));
        std::string flaw;
        if (expected.sent != found.sent || (expected.drop != found.drop)) {
            flaw = "expected: " + to_string(expected) + "\nfound:    " + to_string(found) + "\n";
        }
        return flaw + flaw_of(result, packet, {frame, known, expected, when});
    }

    // When the kernel charged it. What it dropped or passed up uncharged it looked at between
    // `before` and now; a bucket that has no room then had none before, and what was over then is
    // over now.
    [[nodiscard]] static TimePoint moment_of(const Result& result, TimePoint before) {
        const TimePoint charged = xdp::time_point(KernelHalf::last_charge_ns());
        if (charged >= before) return charged;
        return result.fate == Fate::dropped ? before : BothRelays::machine_now();
    }

    [[nodiscard]] static Outcome outcome_of(const Result& result) {
        if (result.fate == Fate::dropped) {
            return result.counted == xdp::drop_bandwidth
                       ? Outcome{.sent = {}, .drop = relay::Drop::bandwidth}
                       : Outcome{};
        }
        const Frame frame = result.frame();
        return {.sent = Datagram{.source = frame.source,
                                 .destination = frame.destination,
                                 .payload = frame.payload,
                                 .traffic_class = frame.traffic_class},
                .drop = {}};
    }

    // Of what the kernel did with the frame itself.
    [[nodiscard]] static std::string flaw_of(const Result& result, const Packet& packet,
                                             const PassedUp& passed) {
        if (result.fate == Fate::passed) {
            if (result.octets != packet.octets()) return "passed up, but changed\n";
            return route_model::flaw_of(result.counted, passed);
        }
        if (result.fate == Fate::dropped) {
            return result.counted == xdp::drop_bandwidth ? "" : "dropped without a reason\n";
        }
        const Frame frame = result.frame();
        const Sum checksum = packet.frame.checksum == Sum::none ? Sum::none : Sum::right;
        if (frame.checksum != checksum) return "a wrong UDP checksum\n";
        if (frame.hop_limit != packet.frame.hop_limit - 1) return "a wrong hop limit\n";
        if (frame.to != hop_mac || frame.from != own_mac) return "a wrong neighbour\n";
        return "";
    }

    void tell(std::string what) {
        last_.push_back(std::to_string(++events_) + ": " + std::move(what));
        if (last_.size() > 20) last_.pop_front();
    }
    [[nodiscard]] std::string history() const {
        std::string text = "\n";
        for (const std::string& each : last_) text += each + "\n";
        return text;
    }

    Dice dice_;
    BothRelays relays_;
    Changes changes_{dice_, relays_};
    Packets packets_{dice_, relays_};
    std::array<std::size_t, xdp::verdict_count + 1> verdicts_{};
    std::size_t events_ = 0;
    std::deque<std::string> last_;
};

}  // namespace turnpike::test::route_model
