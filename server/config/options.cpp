// SPDX-License-Identifier: BSD-3-Clause
//
// The table of options. To add one: a member in config.hpp and a row here.
#include <algorithm>
#include <array>
#include <string>

#include "server/config/admin_options.hpp"
#include "server/config/limits_options.hpp"
#include "server/config/listen_options.hpp"
#include "server/config/log_options.hpp"
#include "server/config/option.hpp"
#include "server/config/redirect_options.hpp"
#include "server/config/server_options.hpp"
#include "server/config/storage_options.hpp"

namespace turnpike::config {
namespace {

using Words = std::string_view;

constexpr std::array expired_words{Words{"keep"}, Words{"end"}};
constexpr std::array channels_words{Words{"rfc5766"}, Words{"rfc8656"}};
constexpr std::array dscp_words{Words{"copy"}, Words{"best-effort"}};
constexpr std::array acceleration_words{Words{"auto"}, Words{"off"}, Words{"xdp"}, Words{"tc"}};

constexpr std::array relay_options{
    at<&Config::relay, &Relay::addresses>({
        .key = "relay.addresses",
        .fallback = "[]",
        .help = "Addresses of this host to relay from; empty: those of the interfaces that carry "
                "the default routes",
        .example = R"(["203.0.113.5"])",
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::external>({
        .key = "relay.external",
        .fallback = "{}",
        .help = "Behind 1:1 NAT: which public address stands for which address of this host",
        .example = R"({ "10.0.0.5" = "203.0.113.5" })",
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::ports>({
        .key = "relay.ports",
        .fallback = "[49152, 65535]",
        .help = "First and last port of relayed addresses",
        .min = 1024,
        .max = 65535,
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::channels>({
        .key = "relay.channels",
        .fallback = R"("rfc5766")",
        .help = "Channel numbers that clients may bind; rfc5766: 0x4000-0x7FFE, rfc8656: "
                "0x4000-0x4FFF",
        .words = channels_words,
    }),
    at<&Config::relay, &Relay::dscp>({
        .key = "relay.dscp",
        .fallback = R"("copy")",
        .help = "Between UDP clients and peers: copy DSCP and ECN of each datagram, or clear both",
        .words = dscp_words,
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::mobility>({
        .key = "relay.mobility",
        .fallback = "false",
        .help =
            "Give clients that ask for one a ticket with which they keep their relay when their "
            "address or transport changes (RFC 8016); such a relay outlives its connection",
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::tcp>({
        .key = "relay.tcp",
        .fallback = "true",
        .help = "Clients on TCP and TLS may have TCP connections relayed too, to peers and from "
                "them (RFC 6062); peers.allow and peers.deny say which peers",
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::acceleration>({
        .key = "relay.acceleration",
        .fallback = R"("auto")",
        .help = "Let the kernel relay bound channels of clients on UDP: \"auto\" by XDP or tc, "
                "whichever the interface is good at; \"xdp\" or \"tc\" by that alone; or \"off\"",
        .words = acceleration_words,
    }),
    at<&Config::relay, &Relay::kernel_channels>({
        .key = "relay.kernel_channels",
        .fallback = "32768",
        .help =
            "How many channels the kernel has room for, and half as many allocations; each takes "
            "some 500 bytes at the start. The rest is relayed by the server itself",
        .min = 64,
        .max = 4'194'304,
        .needs_restart = true,
    }),
    at<&Config::relay, &Relay::interfaces>({
        .key = "relay.interfaces",
        .fallback = "[]",
        .help =
            "Interfaces on which the kernel may relay; none: all that clients and peers come by",
        .example = R"(["eth0"])",
    }),
    at<&Config::relay, &Relay::pins>({
        .key = "relay.pins",
        .fallback = R"("/sys/fs/bpf/turnpike")",
        .help =
            "With server.handover_seconds: a folder in a BPF file system, where the kernel's part "
            "of the relay stays for the next server; empty: it goes with this one",
        .needs_restart = true,
    }),
};

constexpr std::array discovery_options{
    at<&Config::discovery, &Discovery::addresses>({
        .key = "discovery.addresses",
        .fallback = "[]",
        .help = "For NAT behaviour discovery (RFC 5780): two addresses of this host that no NAT "
                "translates, where UDP is served on both of discovery.ports; empty: not served",
        .example = R"(["192.0.2.1", "192.0.2.2"])",
        .needs_restart = true,
    }),
    at<&Config::discovery, &Discovery::ports>({
        .key = "discovery.ports",
        .fallback = "[3478, 3479]",
        .help = "The two ports of discovery.addresses",
        .min = 1,
        .max = 65535,
        .needs_restart = true,
    }),
    at<&Config::discovery, &Discovery::padding>({
        .key = "discovery.padding",
        .fallback = "false",
        .help =
            "Answer PADDING with as much, up to 1500 octets; makes answers large for anyone who "
            "forges an address",
    }),
    at<&Config::discovery, &Discovery::response_port>({
        .key = "discovery.response_port",
        .fallback = "false",
        .help = "Let a request choose the port that its answer goes to; anyone can then have "
                "answers sent to any port of a forged address",
    }),
};

constexpr std::array peers_options{
    at<&Config::peers, &Peers::allow>({
        .key = "peers.allow",
        .fallback = "[]",
        .help = "Peers that may be reached although they are denied or not public; wins over deny",
        .example = R"(["10.20.0.0/16", "192.0.2.7:5000-6000"])",
    }),
    at<&Config::peers, &Peers::deny>({
        .key = "peers.deny",
        .fallback = "[]",
        .help = "Peers that may not be reached, beside every range that is not public",
        .example = R"(["198.51.100.0/24"])",
    }),
};

constexpr std::array auth_options{
    at<&Config::auth, &Auth::secrets>({
        .key = "auth.secrets",
        .fallback = "[]",
        .help = "Secrets shared with the backends that mint time-limited usernames; several while "
                "one replaces another",
        .example = R"(["32 random characters", { secret = "another", expired = "end" }])",
        .is_secret = true,
    }),
    at<&Config::auth, &Auth::secrets_file>({
        .key = "auth.secrets_file",
        .fallback = R"("")",
        .help = "File with more of them, one a line, read again on a reload; a line that begins "
                "with # says nothing",
        .max = 4096,
        .example = R"("/etc/turnpike/secret")",
    }),
    at<&Config::auth, &Auth::expired>({
        .key = "auth.expired",
        .fallback = R"("keep")",
        .help = "What the expiry of a time-limited username does; keep: it limits the login, end: "
                "it also ends the relay",
        .words = expired_words,
    }),
    at<&Config::auth, &Auth::nonce_lifetime>({
        .key = "auth.nonce_seconds",
        .fallback = "3600",
        .help = "How long a nonce is good",
        .min = 60,
        .max = 3600,
    }),
    at<&Config::auth, &Auth::password_algorithms>({
        .key = "auth.password_algorithms",
        .fallback = "true",
        .help = "Offer SHA-256 beside MD5 to clients that know RFC 8489",
    }),
    at<&Config::auth, &Auth::access_tokens>({
        .key = "auth.access_tokens",
        .fallback = "[]",
        .help =
            "Keys shared with the authorization servers that issue access tokens (RFC 7635), each "
            "an id, a key in base64, an algorithm (A256GCM or A128GCM) and, if wanted, from when "
            "and until when it is good; with tokens the limits for each user count for each token",
        .example = R"([{ id = "north", key = "32 octets in base64", algorithm = "A256GCM" }])",
        .is_secret = true,
    }),
    at<&Config::auth, &Auth::access_token_server_name>({
        .key = "auth.access_token_server_name",
        .fallback = R"("")",
        .help = "What this server is called in access tokens; empty: the realm",
        .max = 255,
    }),
    at<&Config::auth, &Auth::access_token_skew>({
        .key = "auth.access_token_skew_seconds",
        .fallback = "5",
        .help = "By how much the clocks of this and an authorization server may differ",
        .max = 300,
    }),
};

constexpr std::array top_options{
    at<&Config::realm>({
        .key = "realm",
        .fallback = R"("turnpike")",
        .help = "The realm of credentials, as a rule the site's domain",
        .min = 1,
        .max = 127,  // RFC 8489 section 14.9
        .example = R"("example.org")",
        .needs_restart = true,
    }),
};

constexpr std::array users_options{
    at<&Config::users>({
        .key = "users",
        .fallback = "{}",
        .help = "Fixed users and their passwords, for small sites and tests",
        .example = R"(alice = "password")",
        .is_secret = true,
    }),
};

template <std::size_t... Sizes>
[[nodiscard]] consteval auto joined(const std::array<Option, Sizes>&... parts) {
    std::array<Option, (Sizes + ...)> all{};
    auto* next = all.begin();
    ((next = std::copy(parts.begin(), parts.end(), next)), ...);
    return all;
}

constexpr auto table =
    joined(top_options, listen_options, relay_options, discovery_options, peers_options,
           auth_options, users_options, redirect_options, limits_options, storage_options,
           admin_options, log_options, server_options);

}  // namespace

std::span<const Option> options() noexcept {
    return table;
}

const Option* find_option(std::string_view key) noexcept {
    const auto* const row = std::ranges::find(table, key, &Option::key);
    return row == table.end() ? nullptr : row;
}

std::string_view section_of(std::string_view key) noexcept {
    const auto dot = key.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : key.substr(0, dot);
}

std::string_view name_of(std::string_view key) noexcept {
    return key.substr(key.rfind('.') + 1);  // npos + 1 is 0
}

std::string environment_name(std::string_view key) {
    std::string name = "TURNPIKE_";
    for (const char letter : key) {
        const bool is_lower = letter >= 'a' && letter <= 'z';
        name += letter == '.' ? '_' : is_lower ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    return name;
}

}  // namespace turnpike::config
