// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/check.hpp"

#include <fmt/core.h>

#include <string_view>

#include "auth/timed_secret.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t channel = 0x4000;
constexpr std::string_view payload = "turnpike-bench: a packet to myself";

class Report {
public:
    Report(std::ostream& out, const CheckSettings& settings) : out_{out}, settings_{settings} {}

    void passed(std::string_view step, std::chrono::nanoseconds round_trip,
                std::string_view detail) {
        const auto milliseconds = std::chrono::duration<double, std::milli>(round_trip).count();
        out_ << fmt::format("  ok    {:<18} {:>9.2f} ms  {}\n", step, milliseconds, detail);
    }
    bool failed(std::string_view step, const Failure& failure) {
        out_ << fmt::format("  FAIL  {:<18} {}\n", step, failure.text);
        const std::string cause = likely_cause(failure, settings_);
        if (!cause.empty()) out_ << "        likely cause: " << cause << '\n';
        return false;
    }

private:
    std::ostream& out_;
    const CheckSettings& settings_;
};

// The relay's own address is a peer that is always there: what is sent to it must come back.
bool check_relayed_packet(Client& client, const Allocation& allocation, Report& report) {
    if (const auto bound = client.bind_channel(channel, allocation.relayed); !bound) {
        return report.failed("ChannelBind", bound.error());
    }
    report.passed("ChannelBind", client.round_trip(), "to my own relayed address");
    // UDP may lose one; three in a row mean that nothing is relayed.
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto sent = Clock::now();
        if (!client.send_channel(channel, protocol::as_octets(payload))) break;
        const auto back = client.receive_channel(channel, sent + 1s);
        if (back && protocol::as_text(*back) == payload) {
            report.passed("relayed packet", Clock::now() - sent,
                          fmt::format("{} bytes there and back", payload.size()));
            return true;
        }
    }
    return report.failed("relayed packet", {std::nullopt, "sent three times, none came back"});
}

bool check_relay(Client& client, const CheckSettings& settings, Report& report) {
    if (!settings.login) {
        return report.failed("Allocate", {std::nullopt, "needs --user and --password"});
    }
    client.log_in(*settings.login);
    const auto allocation = client.allocate();
    if (!allocation) return report.failed("Allocate", allocation.error());
    report.passed("Allocate", client.round_trip(),
                  fmt::format("relayed address {}, {} s, realm {}", allocation->relayed.to_string(),
                              allocation->lifetime.count(), client.realm()));
    const bool relayed = check_relayed_packet(client, *allocation, report);
    const auto deleted = client.refresh(0s);
    if (!deleted) return report.failed("Refresh", deleted.error());
    report.passed("Refresh", client.round_trip(), "allocation deleted");
    return relayed;
}

}  // namespace

std::string likely_cause(const Failure& failure, const CheckSettings& settings) {
    if (failure.code == 401 && settings.login) {
        const auto timed = auth::parse_timed_username(settings.login->username);
        if (!timed) return "unknown user, wrong password, or another realm than the server's";
        if (timed->expiry <= settings.now) {
            return fmt::format(
                "the username expired {} s ago by this machine's clock; mint a new one",
                std::chrono::duration_cast<std::chrono::seconds>(settings.now - timed->expiry)
                    .count());
        }
        return "the secret differs from the server's, or the clocks of both machines do";
    }
    if (failure.code == 403) return "the server's policy forbids its own relayed address as a peer";
    if (failure.code == 486) return "this user holds as many allocations as the limit allows";
    if (failure.code == 508) return "the server is out of relay ports or descriptors";
    if (failure.text == "no answer") {
        return "a firewall drops this port or transport, or nothing listens on it";
    }
    if (failure.text.find("Connection refused") != std::string::npos) {
        return "nothing listens on this port; is the server running?";
    }
    return {};
}

bool check(const Uri& uri, const CheckSettings& settings, std::ostream& out) {
    out << uri.to_string() << '\n';
    Report report{out, settings};
    const auto before = Clock::now();
    auto connection = Connection::open(uri, settings.timeout);
    if (!connection) return report.failed("connect", {std::nullopt, connection.error().text});
    if (connection->is_stream()) {
        report.passed("connect", Clock::now() - before, connection->server().to_string());
    }
    Client client{std::move(*connection), settings.timeout};
    const auto mapped = client.binding();
    if (!mapped) return report.failed("Binding", mapped.error());
    report.passed("Binding", client.round_trip(),
                  fmt::format("the server sees me as {}", mapped->to_string()));
    return !uri.relays || check_relay(client, settings, report);
}

}  // namespace turnpike::bench
