// SPDX-License-Identifier: BSD-3-Clause
//
// Several clients doing anything at any time, well formed or not, with things going wrong at
// random. The scenario compares what the worker holds with what the rules believe after every step.
// A failure prints the seed that reproduces it.
#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/mobile_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

class Walk {
public:
    explicit Walk(std::uint64_t seed)
        : random_{seed}, scenario_{{.settings = settings(), .allocations_per_user = 3}} {
        for (int index = 0; index < 8; ++index) {
            clients_.emplace_back(scenario_, index % 3 == 0 ? "alice" : "bob", "192.0.2.10:50000");
            clients_.back().five_tuple.client.port = static_cast<std::uint16_t>(50000 + index / 2);
            // Odd ones share the five-tuple of the one before: another user, or a second program.
            clients_.back().fingerprints = index % 4 == 0;
        }
    }

    void step() {
        misfortune();
        Client& client = clients_[below(clients_.size())];
        switch (below(15)) {
            case 0:
            case 1:
                keep_ticket(client.allocates(allocate_extras()));
                break;
            case 2:
                client.refreshes(lifetime(), family());
                break;
            case 3:
                client.refreshes();
                break;
            case 4:
                client.permits({peer(), peer(), peer()});
                break;
            case 5:
            case 6:
                client.permits({peer()});
                break;
            case 7:
            case 8:
                client.binds(static_cast<std::uint16_t>(0x3FFF + below(6)), peer());
                break;
            case 9:
                client.sends(peer(), "data");
                break;
            case 10:
                keep_ticket(client.repeats());
                break;
            case 11:
            case 12:
                move(client);
                break;
            case 13:
                scenario_.hears_channel_data(client);
                break;
            default:
                garbage(client);
                break;
        }
        scenario_.worker.refuses_to_open.reset();
        scenario_.worker.out_of_ports = {};
        scenario_.fault = {};
    }

    void end() {
        scenario_.time_passes(2h);
        CHECK(scenario_.worker.held().empty());
        CHECK(scenario_.dispatcher.allocations().size() == 0);
    }

    [[nodiscard]] std::size_t moves() const { return moves_; }
    [[nodiscard]] std::size_t live() const { return scenario_.dispatcher.allocations().size(); }

private:
    static Settings settings() {
        Settings settings;
        settings.relays_ipv6 = true;
        settings.permissions_max = 3;
        settings.channels_max = 2;
        settings.session_limit = 3000s;
        settings.mobility = auth::MobilityTickets{auth::MobilityKey{}};
        return settings;
    }

    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    bool one_in(std::size_t bound) { return below(bound) == 0; }

    void misfortune() {
        if (one_in(3)) scenario_.time_passes(std::chrono::milliseconds{below(200'000)});
        if (one_in(40)) scenario_.clock_jumps(seconds{below(2000)});
        if (one_in(60)) clients_[below(clients_.size())].disconnects();
        if (one_in(15)) scenario_.worker.refuses_to_open = ErrorCode::insufficient_capacity;
        if (one_in(10)) scenario_.worker.out_of_ports = {one_in(2), one_in(2)};
        scenario_.fault.user_unknown = one_in(30);
        scenario_.fault.disconnected_before_lookup_ends = one_in(40);
        scenario_.fault.disconnected_before_relay_opens = one_in(20);
        scenario_.fault.overtaken_before_relay_opens = one_in(10);
        if (one_in(20)) scenario_.fault.relay_opens_after = seconds{below(30)};
        if (one_in(20)) scenario_.fault.reply_octets = below(200);
    }

    Write allocate_extras() {
        std::vector<Write> parts;
        if (one_in(3)) {
            parts.emplace_back([](MessageBuilder& request) {
                request.family(AttributeType::additional_address_family, Family::ipv6);
            });
        }
        if (one_in(5)) {
            parts.emplace_back([](MessageBuilder& request) {
                request.family(AttributeType::requested_address_family, Family::ipv6);
            });
        }
        if (one_in(5)) {
            parts.emplace_back([reserve_next = one_in(2)](MessageBuilder& request) {
                request.even_port({reserve_next});
            });
        }
        if (one_in(5)) {
            parts.emplace_back([token = 0xA0B0C0D000000000U + below(20)](MessageBuilder& request) {
                request.u64(AttributeType::reservation_token, token);
            });
        }
        if (one_in(2)) parts.emplace_back(shows({}));
        if (const auto asked = lifetime()) {
            parts.emplace_back([asked](MessageBuilder& request) { request.lifetime(*asked); });
        }
        return all(std::move(parts));
    }

    // Somebody's ticket, new or old.
    void move(Client& client) {
        if (tickets_.empty()) return;
        const Ticket ticket = tickets_[tickets_.size() - 1 - below(std::min(tickets_.size(), 6UL))];
        const auto asked = one_in(8) ? lifetime() : std::nullopt;
        keep_ticket(refreshes(client, ticket, [asked](MessageBuilder& request) {
            if (asked) request.lifetime(*asked);
        }));
    }
    void keep_ticket(const Answer& answer) {
        if (!answer.success() || !answer.has(AttributeType::mobility_ticket)) return;
        tickets_.push_back(ticket_in(answer));
        if (answer.message().method() == Method::refresh) ++moves_;
    }

    std::optional<seconds> lifetime() {
        if (one_in(3)) return std::nullopt;
        return seconds{one_in(2) ? 0 : below(5000)};
    }
    std::optional<Family> family() {
        if (one_in(2)) return std::nullopt;
        return one_in(2) ? Family::ipv4 : Family::ipv6;
    }
    Endpoint peer() {
        static const std::vector<Endpoint> peers{
            peer_v4,      other_peer_v4,          at("198.51.100.9:1"), at("198.51.100.9:0"),
            peer_v6,      private_peer,           at("198.51.100.7:1"), at("[2001:db8:99::8]:1"),
            at("[::]:1"), at("203.0.113.5:49152")};
        return peers[below(peers.size())];
    }

    // Random octets: alone, and as an attribute of some method's request.
    void garbage(Client& client) {
        Octets octets(20 + 4 * below(40));
        for (std::byte& octet : octets) octet = static_cast<std::byte>(random_());
        Octets room(1500);
        MessageBuilder message{room, MessageClass::request, static_cast<Method>(below(16)), {}};
        message.bytes(static_cast<AttributeType>(below(0x30)), octets);
        scenario_.deliver(client.five_tuple, message.finish());
        scenario_.deliver(client.five_tuple, octets);
    }

    std::mt19937_64 random_;
    Scenario scenario_;
    std::vector<Client> clients_;
    std::vector<Ticket> tickets_;
    std::size_t moves_ = 0;
};

TEST_CASE("after any walk the worker holds what the rules believe, and in the end nothing",
          "[A34][P7][D30]") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 9)));
    INFO("seed " << seed);
    Walk walk{seed};
    std::size_t most = 0;
    for (int count = 0; count < 1500; ++count) {
        walk.step();
        most = std::max(most, walk.live());
    }
    CHECK(most >= 3);  // the walk went somewhere
    CHECK(walk.moves() >= 3);
    walk.end();
}

}  // namespace
}  // namespace turnpike::turn
