// SPDX-License-Identifier: BSD-3-Clause
#include "server/manual.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

#include "manual/command_page.hpp"
#include "manual/completion.hpp"
#include "manual/roff.hpp"
#include "server/config/manual.hpp"
#include "server/config/option.hpp"

namespace turnpike {
namespace {

constexpr std::string_view description =
    R"(Turnpike relays media between two who cannot reach each other: a STUN and TURN server (RFC 8489, RFC
8656) over UDP, TCP, TLS and DTLS, that lets in whom a site's own database or secret lets in, for as
long and as much as it says.

`turnpike serve` is the server, as a rule started by systemd. The other commands are for its operator.)";

constexpr std::array sections{
    manual::Section{"EXIT STATUS",
                    R"(* 0: All went well.
* 1: The configuration is wrong, or what was asked for does not exist.
* 2: The command line is wrong.
* 3: The system refused something: an address that another program has, a file, the database.)"},
    manual::Section{
        "SIGNALS",
        R"(* SIGTERM, SIGINT: End, once running allocations have had `server.stop_seconds` to end themselves. A second one ends at once. With
`server.handover_seconds` at once too, and what hangs on no connection is left to the next server.
* SIGHUP: Reload. A configuration with mistakes changes nothing; the reasons stand in the log.
* SIGUSR1: Let no new allocation in, and end when the last one has ended, or after `server.drain_seconds`.)"},
    manual::Section{
        "SERVICE",
        R"(The package runs the server as the user `turnpike`, without any capability, and restarts it when its
workers stand still. `systemctl reload turnpike` looks at the configuration first, and fails where it
has mistakes; `systemctl status turnpike` says how much is relayed.

A port below 1024, as `listen.auto` on 443, needs a right that the service does not have. Give it
with a drop-in (`systemctl edit turnpike`):

    [Service]
    AmbientCapabilities=CAP_NET_BIND_SERVICE
    CapabilityBoundingSet=CAP_NET_BIND_SERVICE
    PrivateUsers=no

Or let systemd bind it: with `turnpike.socket` the server has neither the right nor a moment in which
nobody listens while it restarts. What the socket unit names must stand in `[listen]` as well. Every
worker needs a datagram socket of its own, so its line stands there once for each, or
`server.workers = 1`:

    systemctl edit turnpike.socket
        [Socket]
        ListenStream=0.0.0.0:443
        ListenDatagram=0.0.0.0:443
        ListenDatagram=0.0.0.0:443
    systemctl enable --now turnpike.socket

systemd then starts a server that has ended again with the next client that comes, one that was
drained too. Take the unit away before a drain: the running server keeps the addresses until it ends.
Bring it back before the new server:

    systemctl stop turnpike.socket
    turnpike drain --wait
    systemctl start turnpike.socket turnpike

Relaying in the kernel (relay.acceleration) needs rights while it begins, which the server gives up
once the program is loaded:

    [Service]
    AmbientCapabilities=CAP_BPF CAP_NET_ADMIN CAP_PERFMON
    CapabilityBoundingSet=CAP_BPF CAP_NET_ADMIN CAP_PERFMON
    PrivateUsers=no
    SystemCallFilter=bpf capset
    LimitMEMLOCK=infinity

Calls that the kernel relays go on over a restart (server.handover_seconds, relay.pins) where there is
a BPF file system that the service may write to, which systemd's own is not:

    [Service]
    ExecStartPre=+/bin/sh -c 'mkdir -p /run/turnpike-bpf; mountpoint -q /run/turnpike-bpf || mount -t bpf -o mode=0711 bpf /run/turnpike-bpf; install -d -o turnpike -m 0700 /run/turnpike-bpf/relay'
    ReadWritePaths=/run/turnpike-bpf

    [relay]
    pins = "/run/turnpike-bpf/relay"

`turnpike doctor`, as root, says by what each interface would be relayed, and what is in the way.

A database or a journal elsewhere than in /var/lib/turnpike needs `ReadWritePaths=` in a drop-in.

A certificate of Let's Encrypt is readable by root alone. Copy it where the server may read it, in a
deploy hook, and the server takes it within seconds:

    install -m 640 -g turnpike "$RENEWED_LINEAGE"/{fullchain,privkey}.pem /etc/turnpike/)"},
    manual::Section{
        "ENVIRONMENT",
        R"(Every option of `turnpike.toml`(5) has a variable, as `TURNPIKE_LOG_LEVEL` is that of log.level.
With systemd, NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS and CREDENTIALS_DIRECTORY mean what they mean
there.)"},
    manual::Section{"FILES",
                    R"(* `/etc/turnpike/turnpike.toml`: The configuration.
* `/etc/turnpike/secret`: The secret that logins are minted from, made when the package was installed.
* `/var/lib/turnpike`: Users, calls and usage (SQLite), and the journal of usage.)"},
    manual::Section{"EXAMPLES",
                    R"(A login for a day, as an entry of iceServers:

    turnpike credentials --user anna --host turn.example.org

What differs from the defaults, and where it was set:

    turnpike check-config | grep -v '# default'

Does it relay, seen from here?

    TURNPIKE_SECRET=$(cat /etc/turnpike/secret) turnpike-bench check turn:turn.example.org)"},
    manual::Section{"SEE ALSO", "`turnpike.toml`(5), `turnpike-bench`(1), `systemctl`(1)"}};

[[nodiscard]] std::string date() {
    return manual::build_date(std::getenv("SOURCE_DATE_EPOCH"), std::chrono::system_clock::now());
}

// Behind --set.
[[nodiscard]] manual::ValueWords assignments() {
    std::vector<std::string> keys;
    for (const config::Option& option : config::options()) {
        const bool may_be_set = !option.is_secret;
        if (may_be_set) keys.push_back(std::string{option.key} + '=');
    }
    return {{"KEY=VALUE", std::move(keys)}};
}

}  // namespace

std::string manual_text(const CLI::App& app, const std::string& what) {
    const manual::CommandNode program = manual::command_tree(app);
    if (what == "turnpike.toml") return config::manual_page(TURNPIKE_VERSION, date());
    if (what == "bash-completion") return manual::bash_completion(program, assignments());
    return manual::command_page(program, {.summary = "STUN/TURN relay server",
                                          .description = description,
                                          .version = TURNPIKE_VERSION,
                                          .date = date(),
                                          .sections = sections});
}

}  // namespace turnpike
